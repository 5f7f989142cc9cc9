import Foundation

/// The name of a checkpoint's directory: `step-00000938`, `step-00000938-unevaluated` or `step-00000938-diverged`.
///
/// Checkpoints are ordered by what a training does: after a step that ends an epoch, the state before the evaluation
/// comes before the one after it, and a divergence comes last.
public struct CheckpointName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// What tells apart the states after one step.
  public enum Phase: String, Sendable, CaseIterable {
    /// The last batch of an epoch is learned from, the epoch not yet evaluated.
    case unevaluated = "-unevaluated"
    /// Inside an epoch, or after its evaluation.
    case ordinary = ""
    /// The training cannot go on.
    case diverged = "-diverged"

    fileprivate var order: Int {
      switch self {
      case .unevaluated: 0
      case .ordinary: 1
      case .diverged: 2
      }
    }
  }

  /// Steps made.
  public let step: Int
  /// What tells apart the states after this step.
  public let phase: Phase

  /// The name of a state.
  public init(_ state: TrainingState) {
    step = state.step
    phase =
      state.divergence != nil ? .diverged : state.awaitsEvaluation ? .unevaluated : .ordinary
  }

  /// Reads a name; nil for any other text.
  public init?(_ text: String) {
    let prefix = "step-"
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber }
    guard digits.count >= 8, let step = Int(digits),
      let phase = Phase(rawValue: String(text.dropFirst(prefix.count + digits.count)))
    else { return nil }
    self.step = step
    self.phase = phase
  }

  /// The directory's name.
  public var description: String { String(format: "step-%08ld", step) + phase.rawValue }

  /// Whether one state comes before another in a training.
  public static func < (one: CheckpointName, other: CheckpointName) -> Bool {
    (one.step, one.phase.order) < (other.step, other.phase.order)
  }
}
