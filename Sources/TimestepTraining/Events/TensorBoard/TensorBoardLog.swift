import Foundation

/// Writes scalars for TensorBoard, `events.out.tfevents.0.timestep`.
///
/// | tag | when |
/// | --- | --- |
/// | `train/loss`, `train/METRIC`, `train/learning_rate`, `train/gradient_norm`, `train/loss_spike` (0 or 1) | every so many steps |
/// | `epoch/train_loss`, `epoch/train_METRIC`, `epoch/loss_spikes`, `test/loss`, `test/METRIC` | after an epoch, at its last step |
///
/// Numbers are float32, as the format has them; `steps.csv` and `metrics.csv` have all digits. The time of an event is
/// that of writing it, so that two equal trainings differ in nothing but times. One file serves a run however often it
/// goes on: it is cut where the last checkpoint was made, and records have the same length when they are written again,
/// so that a TensorBoard that looks on stays in step.
public final class TensorBoardLog: GrowingLog {
  /// The file's name, in which TensorBoard looks for `tfevents`.
  public static let fileName = "events.out.tfevents.0.timestep"
  public let name = TensorBoardLog.fileName
  private let file: AppendedFile
  private let interval: Int
  private let metric: Metric
  private let clock: () -> Double

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - interval: the steps from event to event.
  ///   - metric: what is followed in training.
  ///   - length: how long the file was when the training was saved; 0 to begin.
  ///   - clock: gives seconds since 1970.
  public init(
    _ url: URL, every interval: Int, metric: Metric, keeping length: Int = 0,
    clock: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    self.interval = max(interval, 1)
    self.metric = metric
    self.clock = clock
    file = try AppendedFile(url, keeping: length) { FramedRecord.records(of: $0).end }
  }

  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .began: if file.length == 0 { try write(.fileVersion, at: 0) }
    case .step(let record) where record.step % interval == 0:
      try write(
        .scalars([
          ("train/loss", record.loss), ("train/\(metric.name)", record.metric),
          ("train/learning_rate", record.learningRate),
          ("train/gradient_norm", record.gradientNorm),
          ("train/loss_spike", record.isSpike ? 1 : 0),
        ]), at: record.step)
    case .epoch(let record):
      try write(
        .scalars(
          [
            ("epoch/train_loss", record.trainLoss),
            ("epoch/train_\(metric.name)", record.trainMetric),
            ("epoch/loss_spikes", Double(record.lossSpikes)), ("test/loss", record.test.loss),
          ] + zip(record.test.metrics, record.test.values).map { ("test/\($0.name)", $1) }),
        at: record.step)
    default: break
    }
  }

  private func write(_ content: EventRecord.Content, at step: Int) throws {
    try file.append(
      FramedRecord.framed(EventRecord(time: clock(), step: step, content: content).bytes))
  }

  public func flush() throws -> Int { try file.flush() }

  /// The bytes that the file has.
  public var length: Int { file.length }
}
