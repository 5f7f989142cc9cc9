import TimeStepping
import TimestepLayers
import TimestepTorch

/// A part of a network in which the state keeps its shape: a scheme that steps over a time grid, with a vector
/// field whose weights depend on time, noise, and an adjoint.
///
/// ```
/// u_{l+1} = I(step(u_l, h_l, f_l)),  l = 0 ... N - 1
/// ```
///
/// I is the activation after each step: the identity, or ReLU in the post-activation network. Where a transition
/// T stands on the shortcut, the first step is the forward Euler step `I(T u + h f_0(u))` whatever the scheme,
/// since only that one is defined between two spaces; what a multistep scheme remembers across it is
/// ``TimeStepping/BoundaryPolicy``.
public final class Stage: Layer {
  /// How evaluations become a step.
  public let scheme: any Scheme
  /// How many steps, of what length.
  public let grid: TimeGrid
  /// What is applied to the state after each step.
  public let activation: Activation
  /// What comes before everything else, such as a pooling; usually nothing.
  public let inlet: (any Layer)?
  /// What changes the shape before or in the first step.
  public let transition: Transition?
  /// The transition of the history, for ``TimeStepping/BoundaryPolicy/project``.
  public let historyTransition: Transition?
  /// The field of the first step where a transition stands on the shortcut.
  public let entry: (any ResidualField)?
  /// The fields of the other steps.
  public let schedule: FieldSchedule
  /// The trained coefficients of the scheme.
  public let coefficients: StageCoefficients
  /// What the steps do at random in training.
  public let noise: any Noise
  /// How gradients come back.
  public let adjoint: any Adjoint
  /// The number of steps of the stages before, and of all stages.
  var blocks: (before: Int, all: Int)
  /// What the last trace found.
  var memory = StageMemory()
  let path: ParameterPath

  /// Joins the parts; throws ``OptionError`` for a combination that makes no sense.
  ///
  /// - Parameter schedule: has a field for each step, those that a transition on the shortcut leaves.
  public init(
    _ path: ParameterPath, scheme: any Scheme, grid: TimeGrid, activation: Activation = .identity,
    inlet: (any Layer)? = nil, transition: Transition? = nil, historyTransition: Transition? = nil,
    entry: (any ResidualField)? = nil, schedule: FieldSchedule,
    coefficients: StageCoefficients = StageCoefficients(), noise: any Noise = NoNoise(),
    adjoint: any Adjoint = StoredAdjoint(), dataType: DataType = .float32
  ) throws {
    self.path = path
    self.scheme = scheme
    self.grid = grid
    self.activation = activation
    self.inlet = inlet
    self.transition = transition
    self.historyTransition = historyTransition
    self.entry = entry
    self.schedule = schedule
    self.coefficients = coefficients
    self.noise = noise
    self.adjoint = adjoint
    blocks = (0, grid.steps)
    try StageChecks.check(self, dataType)
  }

  /// Joins the parts of a stage with one given field for each step.
  public convenience init(
    _ path: ParameterPath, scheme: any Scheme, grid: TimeGrid, activation: Activation,
    transition: Transition?, fields: [any ResidualField]
  ) throws {
    guard fields.count == grid.steps else {
      throw ShapeError(
        path: path.description, problem: "\(fields.count) fields for \(grid.steps) steps")
    }
    let first = [.shortcut, .absent].contains(transition?.place) ? 1 : 0
    try self.init(
      path, scheme: scheme, grid: grid, activation: activation, transition: transition,
      entry: first == 1 ? fields[0] : nil,
      schedule: FieldSchedule(Array(fields[first...]), from: first))
  }

  /// The fields in the order of time.
  public var fields: [any ResidualField] { (entry.map { [$0] } ?? []) + schedule.fields }

  /// The steps that the scheme makes: all, or all but the first after a transition on the shortcut.
  public var steps: Range<Int> { (entry == nil ? 0 : 1)..<grid.steps }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try callAsFunction(input, pass, observer: nil)
  }

  /// The stage's value; the observer is shown the state after the transition and after each step.
  public func callAsFunction(
    _ input: Tensor, _ pass: ForwardPass, observer: ((Tensor) throws -> Void)?
  ) throws -> Tensor {
    try scheme.output(flow(SchemeState(current: input), pass, observer: observer))
  }

  /// What the scheme carries at the end, from what it carried at the end of the stage before.
  func flow(
    _ input: SchemeState<Tensor>, _ pass: ForwardPass, observer: ((Tensor) throws -> Void)? = nil
  ) throws -> SchemeState<Tensor> {
    let noise = leavingOut(pass.leftOutBlock, try drawNoise(pass, for: input.current))
    try schedule.refresh()
    let start = try enter(input, pass, noise, observer)
    let field = StageField(
      schedule: schedule, coefficients: coefficients, noise: noise, activation: activation,
      pass: pass)
    let flow = Flow(
      scheme: scheme, steps: steps,
      parameters: { [schedule, coefficients, scheme] steps in
        var seen: Set<ObjectIdentifier> = []
        return steps.flatMap {
          schedule.parameters(of: $0, scheme) + coefficients.parameters(of: $0)
        }.filter { seen.insert(ObjectIdentifier($0)).inserted }
      },
      refresh: { [schedule, scheme] in try schedule.refresh($0, scheme) },
      step: { [self] state, isReplay in
        var field = field
        field.pass.isReplay = field.pass.isReplay || isReplay
        // The base may be a state of the history: as many steps later all of them are the stage's own.
        let isOwn = entry != nil || state.step >= scheme.statesCarried ?? .max
        field.ownsBase = observer == nil && isOwn
        let next = try step(state, field)
        if !isReplay, let observer { try observer(try scheme.output(next)) }
        return next
      },
      stepBack: { [self] state in
        var field = field
        field.pass.isReplay = true
        return try stepBack(state, field)
      })
    return try adjoint.integrate(FlowHandle(flow: flow), from: start)
  }

  /// One step of the scheme, with the activation and what noise adds.
  private func step(_ state: SchemeState<Tensor>, _ field: StageField) throws
    -> SchemeState<Tensor>
  {
    let number = state.step
    // A step whose field was dropped may be the state itself, which gradients still need.
    let isNew = !field.noise[number].dropsField
    var field = field
    field.ownsProjected = isNew
    let end = StepEnd()
    if scheme.projects || field.noise[number].added == nil { field.end = end }
    var next = try scheme.step(state, size: grid.sizes[number], field: field)
    if let added = field.noise[number].added { next = try adding(added, to: next, sign: 1) }
    if !scheme.projects, !end.isActivated {
      next.current =
        try isNew ? activation.overwriting(next.current) : activation(next.current)
    }
    next.time = grid.times[number + 1]  // The grid's own: sums of h would drift from it.
    return try probed(next, after: number, field.pass)
  }

  /// The state after a step, for the probe to look at.
  private func probed(_ state: SchemeState<Tensor>, after number: Int, _ pass: ForwardPass) throws
    -> SchemeState<Tensor>
  {
    guard let probe = pass.probe else { return state }
    let (block, place) = (blocks.before + number + 1, path / "steps" / number)
    var state = state
    state.current = try probe.boundary(state.current, of: block, place)
    if scheme.halvesState, let second = state.history.first {
      state.history[0] = try probe.boundary(second, of: block, place)
    }
    return state
  }

  /// The state with noise in all that the scheme's output consists of: both streams of a split state.
  private func adding(_ noise: AddedNoise, to state: SchemeState<Tensor>, sign: Double) throws
    -> SchemeState<Tensor>
  {
    var state = state
    guard scheme.halvesState, let second = state.history.first else {
      state.current = try state.current + noise.tensor(like: state.current) * sign
      return state
    }
    let (mine, other) = try noise.tensor(like: state.current.joined(with: second)).halves()
    state.current = try state.current + mine * sign
    state.history[0] = try second + other * sign
    return state
  }

  /// The state before a step.
  private func stepBack(_ state: SchemeState<Tensor>, _ field: StageField) throws
    -> SchemeState<Tensor>
  {
    guard let scheme = scheme as? any ReversibleScheme else {
      throw OptionError("adjoint", adjoint.name, "the scheme \(scheme.name) has no inverse")
    }
    let number = state.step - 1
    var state = state
    if let added = field.noise[number].added { state = try adding(added, to: state, sign: -1) }
    var previous = try scheme.stepBack(state, size: grid.sizes[number], field: field)
    previous.time = grid.times[number]
    return previous
  }

  /// The state from which the scheme's own steps begin.
  private func enter(
    _ input: SchemeState<Tensor>, _ pass: ForwardPass, _ noise: [StepNoise],
    _ observer: ((Tensor) throws -> Void)?
  ) throws -> SchemeState<Tensor> {
    var input = input
    if let inlet {
      let history = try historyTransition == nil ? [] : input.history.map { try inlet($0, pass) }
      input = SchemeState(current: try inlet(scheme.output(input), pass), history: history)
      if transition == nil, let probe = pass.probe {
        input.current = try probe.boundary(input.current, before: blocks.before + 1, path / "inlet")
      }
    }
    guard let transition else {
      // The same space: the scheme goes on where it was, or begins.
      if !input.history.isEmpty {
        return SchemeState(
          current: input.current, history: input.history, step: 0, time: grid.start)
      }
      return try scheme.initialState(input.current, time: grid.start)
    }
    let before = try scheme.output(input)
    if transition.place == .absent, let entry {
      return try enterWithoutSkip(entry, before, pass, noise, observer)
    }
    var mapped = try transition.map(before, pass)
    if transition.place == .before, let probe = pass.probe {
      mapped = try probe.boundary(mapped, before: blocks.before + 1, path / "transition")
    }
    let history = try historyTransition.flatMap { transition in
      try input.history.first.map { [try transition.map($0, pass)] }
    }
    guard transition.place == .shortcut, let entry else {
      try observer?(mapped)
      var state = try scheme.initialState(mapped, time: grid.start)
      if let history { state.history = history }
      return state
    }
    let end = noise[0].added == nil ? StepEnd() : nil
    let isDropped = noise[0].dropsField
    let field = EntryField(
      value: isDropped
        ? nil : { [self] in try entryValue(entry, before, pass, noise[0], then: $0) },
      coefficients: coefficients, activation: activation, end: end)
    let start = SchemeState(current: mapped, history: history ?? [], time: grid.start)
    var state =
      history == nil
      ? try ForwardEuler().step(start, size: grid.sizes[0], field: field)
      : try scheme.step(start, size: grid.sizes[0], field: field)
    if let added = noise[0].added {
      state.current = try state.current + added.tensor(like: state.current)
    }
    // Where the field was dropped, the state is the transition's own value, which its gradient may need.
    if end?.isActivated != true {
      state.current =
        try isDropped ? activation(state.current) : activation.overwriting(state.current)
    }
    try observer?(state.current)
    state = try probed(state, after: 0, pass)
    var started = try scheme.initialState(state.current, time: grid.times[1])
    started.step = 1
    if scheme.boundary != .restart, started.history.isEmpty {
      started.history = scheme.history(previous: mapped)
    }
    return started
  }

  /// The state after a first step without a skip, `I(h f(u))`.
  private func enterWithoutSkip(
    _ entry: any ResidualField, _ u: Tensor, _ pass: ForwardPass, _ noise: [StepNoise],
    _ observer: ((Tensor) throws -> Void)?
  ) throws -> SchemeState<Tensor> {
    if noise[0].dropsField {
      throw OptionError(
        "noise", self.noise.name, "a step without a skip cannot be dropped; use another transition")
    }
    let state = try entryValue(
      entry, u, pass, noise[0], then: Epilogue(size: grid.sizes[0], activation: activation))
    try observer?(state)
    let seen = try probed(SchemeState(current: state), after: 0, pass)
    var started = try scheme.initialState(seen.current, time: grid.times[1])
    started.step = 1
    return started
  }

  /// What an epilogue makes of the field of the first step, which sees the state before the transition.
  private func entryValue(
    _ entry: any ResidualField, _ u: Tensor, _ pass: ForwardPass, _ noise: StepNoise,
    then epilogue: Epilogue
  ) throws -> Tensor {
    if noise.factors.isEmpty { return try entry(u, branch: 0, pass, then: epilogue) }
    let terms = try noise.factors.enumerated().compactMap { branch, factor in
      try factor.apply { try entry(u, branch: branch, pass) }
    }
    return try epilogue(terms.dropFirst().reduce(terms[0]) { try $0 + $1 })
  }

  /// The noise of a pass in which one block's field is left out; nothing is drawn differently for it.
  private func leavingOut(_ block: Int?, _ noise: [StepNoise]) -> [StepNoise] {
    guard let step = block.map({ $0 - blocks.before - 1 }), noise.indices.contains(step) else {
      return noise
    }
    var noise = noise
    noise[step] = StepNoise(factors: [.number(0)])
    return noise
  }

  private func drawNoise(_ pass: ForwardPass, for state: Tensor) throws -> [StepNoise] {
    guard noise.name != NoNoise().name else {
      return Array(repeating: StepNoise(), count: grid.steps)
    }
    let shape = state.shape
    return try (0..<grid.steps).map { step in
      let block = NoiseBlock(
        index: blocks.before + step + 1, count: blocks.all, examples: shape.first ?? 1,
        rank: shape.count, dataType: try state.dataType, device: try state.device)
      guard pass.isTraining else { return try noise.expected(block) }
      guard let source = pass.randomness else {
        throw OptionError("noise", noise.name, "a training pass needs a source of random numbers")
      }
      return try noise.draw(block, from: source)
    }
  }

  /// What parameters of the stage are brought back to after optimiser steps.
  public var constraints: [any ParameterConstraint] {
    (transition?.constraints ?? []) + (historyTransition?.constraints ?? []) + [coefficients]
  }
}

extension Stage {
  /// What the scheme carries before its own first step, from what was carried before the stage.
  func entered(_ state: SchemeState<Tensor>, _ pass: ForwardPass) throws -> SchemeState<Tensor> {
    try schedule.refresh()
    return try enter(state, pass, drawNoise(pass, for: state.current), nil)
  }

  /// What the scheme carries one of its own steps later.
  func advanced(_ state: SchemeState<Tensor>, _ pass: ForwardPass) throws -> SchemeState<Tensor> {
    try schedule.refresh()
    return try step(
      state,
      StageField(
        schedule: schedule, coefficients: coefficients,
        noise: drawNoise(pass, for: state.current), activation: activation, pass: pass))
  }
}
