import TimeStepping
import TimestepLayers
import TimestepTorch

/// Makes one stage of a plan from the choices of a network.
struct StageAssembly {
  let plan: NetworkPlan.StagePlan
  let path: ParameterPath
  let options: NetworkOptions
  let choices: NetworkChoices
  let store: ParameterStore

  /// The kind of state that the field is defined on.
  private var states: StateKind {
    choices.field.states.contains(.images)
      ? .images : choices.field.states.contains(.sequences) ? .sequences : .points
  }

  func make() throws -> Stage {
    if let whole = plan.whole { return try whole(path) }
    let transition =
      plan.hasTransition ? try makeTransition(path / "transition") : nil
    let isOnShortcut = [.shortcut, .absent].contains(transition?.place)
    if isOnShortcut, !choices.field.changesShape {
      throw OptionError(
        "transition", choices.transition.name,
        "the field \(choices.field.name) keeps the shape, so that it cannot stand beside a "
          + "transition on the shortcut; " + remedy)
    }
    let entry = isOnShortcut ? try makeEntry() : nil
    let first = isOnShortcut ? 1 : 0
    let schedule = try FieldSchedule(
      choices.weights.plan(choices.scheme, steps: first..<plan.steps), below: path, in: store,
      makeField: makeField)
    let coefficients = try StageCoefficients(
      path, in: store, scheme: choices.scheme, steps: plan.steps,
      // A history that the first step leaves counts as states before.
      first: choices.scheme.boundary == .restart ? first : 0,
      channels: plan.channels,
      states: states)
    // The first stage has no history to map.
    let projectsHistory =
      transition != nil && choices.scheme.boundary == .project && plan.hasHistory
    return try Stage(
      path, scheme: choices.scheme,
      grid: TimeGrid(steps: plan.steps, size: options.h ?? 1),
      activation: options.postActivation ?? .identity, inlet: plan.inlet, transition: transition,
      historyTransition: projectsHistory ? try makeTransition(path / "history_transition") : nil,
      entry: entry, schedule: schedule, coefficients: coefficients, noise: choices.noise,
      adjoint: choices.adjoint, dataType: store.dataType)
  }

  /// What goes with a field that keeps the shape.
  private var remedy: String {
    let known = TransitionCatalog.all.filter {
      $0.standsBeforeSteps && !$0.states.isDisjoint(with: choices.field.states)
    }.map(\.name)
    return known.isEmpty
      ? "there is no other for \(states.rawValue): give all stages the same width"
      : "use \(known.joined(separator: " or "))"
  }

  private func makeTransition(_ path: ParameterPath) throws -> Transition {
    guard !choices.transition.states.isDisjoint(with: choices.field.states) else {
      throw OptionError(
        "transition", choices.transition.name,
        "it is for \(choices.transition.states.map(\.rawValue).sorted().joined(separator: ", ")), "
          + "the field \(choices.field.name) is not")
    }
    return try choices.transition.make(
      path, in: store, from: plan.inputs, to: plan.channels, stride: plan.stride,
      style: choices.style)
  }

  /// The field of the first step, from the space before the transition to the one behind it.
  private func makeEntry() throws -> any ResidualField {
    let definition = try branched(choices.noise.mixedBranches)
    return try definition.make(
      path / "steps" / 0 / "field", in: store,
      shape: FieldShape(
        inputs: plan.inputs, outputs: plan.channels, stride: plan.stride, hidden: plan.hidden),
      style: choices.style)
  }

  /// A field of one of the other steps.
  private func makeField(_ path: ParameterPath, in store: ParameterStore) throws
    -> any ResidualField
  {
    let scheme = choices.scheme
    if scheme.halvesState, !plan.channels.isMultiple(of: 2) {
      throw OptionError(
        "widths", plan.channels, "the scheme \(scheme.name) splits the channels into halves")
    }
    let halves = scheme.halvesState ? 2 : 1
    var style = choices.style
    style.applications = scheme.applicationsPerStep
    style.hasNormPerApplication = scheme.wantsNormPerApplication
    let definition = try branched(max(scheme.branches, choices.noise.mixedBranches))
    return try definition.make(
      path, in: store,
      shape: FieldShape(inputs: plan.channels / halves, hidden: plan.hidden.map { $0 / halves }),
      style: style)
  }

  /// The field, or as many of its kind as there are functions to be evaluated.
  private func branched(_ count: Int) throws -> any FieldDefinition {
    choices.field.branches >= count
      ? choices.field : try BranchedDefinition(of: choices.field, count: count)
  }
}
