import Foundation
import TimestepNetworks
import TimestepTraining

/// A diagnostic that can also follow a training, step by step: `timestep train --diagnose NAME`.
public protocol TrainingDiagnostic: Diagnostic {
  /// Refuses what it cannot follow, before the training's directory is made.
  ///
  /// - Throws: ``DiagnosticError`` of kind `doesNotApply`.
  func checkFollowing(_ network: ResidualNetwork) throws
  /// The observer that writes what it sees into a directory, ready to be added to the trainer; asks the trainer to
  /// measure what it needs.
  ///
  /// - Parameter lengths: how long the files were when the training was saved, by their names; none to begin.
  func follow(
    _ trainer: Trainer, of network: ResidualNetwork, in directory: URL,
    keeping lengths: [String: Int]
  ) throws -> any DiagnosticLog
  /// What the file of a training that was followed says, of whatever became of the network; empty where there is none.
  ///
  /// - Throws: `DataError` with the file, and ``DiagnosticError``.
  func followed(_ context: DiagnosticContext) throws -> DiagnosticResult
}

/// An observer that measures, and says what that cost.
public protocol DiagnosticLog: GrowingLog {
  /// What following the training has cost.
  var cost: FollowingCost { get }
}

/// The time that following a training takes.
public struct FollowingCost: Sendable, CustomStringConvertible {
  /// The diagnostic.
  public let name: String
  /// Seconds of measuring and writing.
  public internal(set) var seconds = 0.0
  /// The measurements.
  public internal(set) var rows = 0
  /// Seconds from the beginning to the end of the training in this process, evaluations included.
  public private(set) var total = 0.0
  private var began = ContinuousClock.now

  init(_ name: String) { self.name = name }

  /// Notes the time that a closure takes.
  mutating func add(since start: ContinuousClock.Instant) {
    seconds += (ContinuousClock.now - start) / Duration.seconds(1)
  }

  /// Notes when the training begins and ends.
  mutating func note(_ event: TrainingEvent) {
    if case .began = event { began = .now }
    if case .ended = event { total = (ContinuousClock.now - began) / Duration.seconds(1) }
  }

  /// The cost in one line.
  public var description: String {
    guard rows > 0, total > 0 else { return "\(name): nothing was measured" }
    return "\(name): "
      + String(
        format: "%.2f s for %d measurements, %.1f %% of the training's %.1f s", seconds, rows,
        100 * seconds / total, total)
  }
}
