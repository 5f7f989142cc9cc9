import TimestepDiagnostics
import TimestepTraining

/// What the result of an experiment is made from.
public struct ExperimentContext {
  /// How much of it was carried out.
  public let scale: ExperimentScale
  /// The finished trainings; none where the plan has none.
  public let trials: TrialOutcomes
  /// Decides on what is random in a result itself.
  public let seed: UInt64
  /// Seconds after which iterations that could go on end.
  public let seconds: Double

  /// Joins the parts.
  public init(
    scale: ExperimentScale, trials: TrialOutcomes = TrialOutcomes(axes: [], all: []),
    seed: UInt64 = 0, seconds: Double = 300
  ) {
    self.scale = scale
    self.trials = trials
    self.seed = seed
    self.seconds = seconds
  }

  /// A claim about trainings: at the smallest scale they show nothing, and numbers that are none (`nan` in the evidence)
  /// decide nothing.
  ///
  /// - Parameter isShown: nil where the numbers do not decide.
  public func claim(_ statement: String, _ isShown: Bool?, _ evidence: String) -> Claim {
    let isNumber = !evidence.split { !$0.isLetter }.contains("nan")
    return Claim(statement, scale == .smoke || !isNumber ? nil : isShown, evidence)
  }
}
