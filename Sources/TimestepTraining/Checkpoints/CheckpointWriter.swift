import Foundation
import TimestepTorch

/// Saves a training now and then, and keeps the newest two checkpoints and the best.
///
/// An epoch that is the best so far is also saved where that takes less than a hundredth of the time since the last
/// checkpoint.
public final class CheckpointWriter {
  /// Where checkpoints go.
  public let directory: CheckpointDirectory
  /// How often.
  public let interval: CheckpointInterval
  /// What happens when one cannot be written.
  public let onFailure: CheckpointFailureRule
  /// Files that grow from step to step; a checkpoint notes how long they are, and makes sure that they are on disk.
  public var logs: [any GrowingLog] = []
  /// What is saved.
  private let contents: Checkpoint.Contents
  private var lastName: CheckpointName?
  private var lastStep = 0
  private var lastEpoch = 0
  private var lastTime = Date()
  /// How long a checkpoint takes, once one was written.
  private var duration = 0.0

  /// Creates a writer; nothing is written yet.
  public init(
    _ contents: Checkpoint.Contents, into directory: CheckpointDirectory,
    every interval: CheckpointInterval = .standard, onFailure: CheckpointFailureRule = .stop
  ) {
    self.contents = contents
    self.directory = directory
    self.interval = interval
    self.onFailure = onFailure
  }

  /// Notes where the training begins or goes on.
  func begin(_ state: TrainingState) {
    (lastStep, lastEpoch, lastTime) = (state.step, state.epoch, Date())
  }

  /// Saves the state.
  ///
  /// - Returns: what went wrong, where the training goes on after that; nil if nothing did.
  func saveOrExplain(_ state: TrainingState) throws -> String? {
    do {
      try save(state)
      return nil
    } catch let error as AtomicFile.WriteError where onFailure == .continue {
      begin(state)  // The next one is due an interval later.
      return "no checkpoint was written, training goes on: \(error)"
    }
  }

  /// Whether it is time to save this state.
  func isDue(_ state: TrainingState) -> Bool {
    let isEpochEnd = state.batch == 0
    let elapsed = Date().timeIntervalSince(lastTime)
    if isEpochEnd, elapsed > 100 * duration, isBest(state.records) { return true }
    switch interval {
    case .steps(let count): return state.step / count > lastStep / count
    case .minutes(let minutes): return elapsed >= 60 * minutes
    case .epochs(let count): return isEpochEnd && state.epoch / count > lastEpoch / count
    }
  }

  private func isBest(_ records: [EpochRecord]) -> Bool {
    guard let last = records.last else { return false }
    return records.dropLast().allSatisfy { last.isBetter(than: $0) }
  }

  /// Saves the state unless it was saved just before.
  func save(_ state: TrainingState) throws {
    let name = CheckpointName(state)
    guard name != lastName else { return }
    let began = Date()
    var state = state
    for log in logs { state.logs[log.name] = try log.flush() }
    try Checkpoint.write(contents, state: state, into: directory)
    lastName = name
    begin(state)
    duration = lastTime.timeIntervalSince(began)
    directory.prune(state.records)
  }
}
