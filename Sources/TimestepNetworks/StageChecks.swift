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
    for field in fields {
      if let missing = scheme.requirements.subtracting(field.capabilities).first {
        throw OptionError(
          "scheme", scheme.name, "it needs \(missing.rawValue), which this vector field has not")
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
}
