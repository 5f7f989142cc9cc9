import TimeStepping

/// Every diagnostic by name. A new one is one file and one line here.
public enum DiagnosticCatalog {
  /// The diagnostics, in the order in which they are listed to the user.
  public static let all: [any Diagnostic] =
    backward + forward + spectra + schemes + landscape + generalization + advice

  /// How gradients come back.
  private static let backward: [any Diagnostic] = [
    GradientNormRatios(),
    LayerNorms(),
    BackwardGain(),
  ]

  /// How states go forward.
  private static let forward: [any Diagnostic] = [
    RelativeStep(),
    Perturbation(),
    Robustness(),
    Trajectories(),
  ]

  /// Singular values and eigenvalues of layers and blocks.
  private static let spectra: [any Diagnostic] = [
    SingularValues(),
    JacobianSpectra(),
    NormPreservation(),
  ]

  /// What a scheme does, without a network.
  private static let schemes: [any Diagnostic] = [
    StabilityRegions(),
    ConvergenceOrders(),
    ModifiedEquation(),
    MultistepBorder(),
    AntisymmetricEnergy(),
    Acceleration(),
    TrainedCoefficients(),
    WeakErrors(),
    TransportEquation(),
    Reconstruction(),
    Schematics(),
  ]

  /// The loss around a point of the parameters.
  private static let landscape: [any Diagnostic] = [
    LectureLandscape(),
    LossLandscape(),
  ]

  /// What is learned beyond the training set, and where.
  private static let generalization: [any Diagnostic] = [
    TrainingCurves(),
    GeneralizationGap(),
    BlockDeletion(),
  ]

  /// What to choose.
  private static let advice: [any Diagnostic] = [
    StepSizeAdvice()
  ]

  /// The diagnostic that a text chooses, which has to be one that follows a training.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func follower(named text: String) throws -> any TrainingDiagnostic {
    if let follower = try diagnostic(named: text) as? any TrainingDiagnostic { return follower }
    let names = all.compactMap { ($0 as? any TrainingDiagnostic)?.name }
    throw ArgumentError(
      "diagnostic", try NamedChoice("diagnostic", text).name,
      "does not follow a training; those that do: \(names.joined(separator: ", "))")
  }

  /// The diagnostic that a text such as `robustness` or `robustness:levels=9` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func diagnostic(named text: String) throws -> any Diagnostic {
    let choice = try NamedChoice("diagnostic", text)
    guard let diagnostic = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "diagnostic", name: choice.name, known: all.map(\.name))
    }
    try choice.check(diagnostic.arguments)
    return try diagnostic.configured(choice)
  }
}
