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

  /// The diagnostics that follow a training; each of them once, since each writes one file.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func followers(named texts: [String]) throws -> [any TrainingDiagnostic] {
    let followers = try texts.map { try follower(named: $0) }
    for (number, follower) in followers.enumerated()
    where followers[..<number].contains(where: { $0.name == follower.name }) {
      throw ArgumentError(
        "diagnostic", follower.name,
        "follows the training twice, but writes one file; name it once, with all that it is to follow"
      )
    }
    return followers
  }

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

  /// The diagnostic that a text chooses, of one scheme alone.
  ///
  /// - Parameter scheme: a scheme with its arguments, such as `lm:k=-0.3`.
  /// - Throws: `UnknownNameError`, or `ArgumentError` where it does not look at one scheme.
  public static func diagnostic(named text: String, ofScheme scheme: String) throws
    -> any Diagnostic
  {
    let diagnostic = try diagnostic(named: text)
    let choice = try NamedChoice("diagnostic", text)
    guard diagnostic.input == .nothing, diagnostic.choosesScheme else {
      throw ArgumentError("diagnostic", choice.name, "takes \(diagnostic.subjects)")
    }
    if let other = choice.values["scheme"] {
      throw ArgumentError(
        "diagnostic", choice.name, "two schemes are named, \(scheme) and \(other); name one")
    }
    return try diagnostic.configured(choice.setting("scheme", to: scheme))
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
