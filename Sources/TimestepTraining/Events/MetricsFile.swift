import Foundation
import TimestepTorch

/// Writes one row per epoch as CSV, whole after every epoch.
public final class MetricsFile: TrainingObserver {
  private let file: URL
  private let metrics: [Metric]
  private var rows: [String]

  /// The columns that the file has whatever is measured.
  public static let commonColumns = [
    "epoch", "step", "train_loss", "test_loss", "learning_rate", "loss_spikes", "seconds",
    "images_per_second",
  ]

  /// The columns, in order; losses are means over examples, accuracies shares between 0 and 1.
  public var columns: [String] {
    ["epoch", "step", "train_loss", "train_\(metrics[0].name)", "test_loss"]
      + metrics.map { "test_\($0.name)" }
      + ["learning_rate", "loss_spikes", "seconds", "images_per_second"]
  }

  /// Creates the file with its header.
  ///
  /// - Parameters:
  ///   - metrics: what the objective measures.
  ///   - records: the epochs before, of a training that goes on.
  public init(_ file: URL, metrics: [Metric] = [.accuracy], after records: [EpochRecord] = [])
    throws
  {
    self.file = file
    self.metrics = metrics
    rows = []
    rows = [columns.joined(separator: ",")] + records.map(row)
    try write()
  }

  public func receive(_ event: TrainingEvent) throws {
    guard case .epoch(let record) = event else { return }
    rows.append(row(record))
    try write()
  }

  private func row(_ record: EpochRecord) -> String {
    ([
      "\(record.epoch)", "\(record.step)", "\(record.trainLoss)", "\(record.trainMetric)",
      "\(record.test.loss)",
    ] + metrics.map { metric in record.test[metric].map { "\($0)" } ?? "" } + [
      "\(record.learningRate)", "\(record.lossSpikes)", String(format: "%.3f", record.seconds),
      String(format: "%.1f", record.imagesPerSecond),
    ]).joined(separator: ",")
  }

  private func write() throws {
    try AtomicFile.write(Data((rows.joined(separator: "\n") + "\n").utf8), to: file)
  }
}
