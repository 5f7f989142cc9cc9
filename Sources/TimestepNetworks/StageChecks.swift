import TimeStepping
import TimestepLayers
import TimestepTorch

/// Combinations of choices that make no sense, each with its reason.
enum StageChecks {
  /// Throws ``OptionError`` for the first that a stage is.
  static func check(_ stage: Stage, _ dataType: DataType) throws {
    let scheme = stage.scheme
    let fields = stage.schedule.fields
    if [.shortcut, .absent].contains(stage.transition?.place), stage.entry == nil {
      throw OptionError(
        "transition", "on the shortcut", "the first step needs a field that changes the shape too")
    }
    try checkSkips(stage)
    for field in fields {
      if field.isSystem, scheme.equation != .partitioned || stage.noise.mixedBranches > 1 {
        throw OptionError(
          "scheme", scheme.name,
          "the field is a system whose functions belong to different parts of the state; use "
            + "hamiltonian, hamiltonian-2 or rev, and no noise that mixes functions")
      }
      if scheme.consistentFor == .linear, !field.isLinear {
        throw OptionError(
          "scheme", scheme.name,
          "it takes the field for linear, and this one is not; use --activation identity, "
            + "--normalization none and --no-bias, or linearly-implicit")
      }
      if let missing = scheme.requirements.subtracting(field.capabilities).first {
        throw OptionError(
          "scheme", scheme.name,
          "it needs \(missing.rawValue), which this vector field has not; fields that have it without "
            + "normalisation: " + known(missing))
      }
      let functions = max(scheme.branches, stage.noise.mixedBranches)
      guard field.branches <= functions else {
        throw OptionError(
          "scheme", scheme.name,
          "it evaluates \(functions) function\(functions == 1 ? "" : "s") of a field, this one is a "
            + "system of \(field.branches); use hamiltonian, hamiltonian-2 or rev")
      }
      guard field.branches >= max(scheme.branches, stage.noise.mixedBranches) else {
        throw OptionError(
          "scheme", scheme.name,
          "it needs a field of \(max(scheme.branches, stage.noise.mixedBranches)) functions, this "
            + "one has \(field.branches)")
      }
    }
    if stage.noise.mixedBranches > 1, scheme.branches > 1 {
      throw OptionError(
        "noise", stage.noise.name,
        "it mixes two functions of the field, which the scheme \(scheme.name) uses otherwise")
    }
    if stage.noise.name != NoNoise().name, !scheme.requirements.isEmpty {
      throw OptionError(
        "noise", stage.noise.name,
        "the linear solves of the scheme \(scheme.name) are for deterministic fields")
    }
    if scheme.halvesState, stage.activation != .identity {
      throw OptionError(
        "post-activation", stage.activation.rawValue,
        "the scheme \(scheme.name) carries two streams, which an activation would tear apart; "
          + "use identity")
    }
    let context = AdjointContext(
      scheme: scheme, steps: stage.steps.count, activation: stage.activation, dataType: dataType)
    if let reason = stage.adjoint.refusal(context) {
      throw OptionError("adjoint", stage.adjoint.name, reason)
    }
  }

  /// What has no skip to fall back on.
  private static func checkSkips(_ stage: Stage) throws {
    let scheme = stage.scheme
    let isAbsent = stage.transition?.place == .absent
    if stage.noise.canDropField, isAbsent || scheme.order == nil {
      throw OptionError(
        "noise", stage.noise.name,
        "a step without a skip cannot be dropped: nothing would be left of the state; use "
          + (isAbsent ? "another transition" : "a scheme other than \(scheme.name)"))
    }
    if scheme.boundary == .project, isAbsent {
      throw OptionError(
        "scheme", scheme.name,
        "boundary=project maps the history by a transition beside the shortcut's, and there is none; "
          + "use boundary=reset")
    }
  }

  /// The fields that have a capability.
  private static func known(_ capability: FieldCapability) -> String {
    let names = FieldCatalog.all.filter { $0.capabilities.contains(capability) }.map(\.name)
    let periodic = FieldCatalog.all.filter { field in
      guard let choice = try? NamedChoice("field", "\(field.name):padding=periodic"),
        field.arguments.contains(where: { $0.key == "padding" })
      else { return false }
      return (try? field.configured(choice))?.capabilities.contains(capability) ?? false
    }
    return (names + periodic.map { "\($0.name):padding=periodic" }.filter { !names.contains($0) })
      .joined(separator: ", ")
  }
}
