import Foundation
import TimestepTorch

/// Writes one row per epoch as CSV, whole after every epoch.
public final class MetricsFile: TrainingObserver {
  private let file: URL
  private var rows: [String]

  /// The columns, in order; losses are mean cross-entropies in nats, accuracies shares between 0 and 1.
  public static let columns = [
    "epoch", "step", "train_loss", "train_accuracy", "test_loss", "test_accuracy",
    "learning_rate", "seconds", "images_per_second",
  ]

  /// Creates the file with its header.
  public init(_ file: URL) throws {
    self.file = file
    rows = [Self.columns.joined(separator: ",")]
    try write()
  }

  public func receive(_ event: TrainingEvent) throws {
    guard case .epoch(let record) = event else { return }
    rows.append(
      [
        "\(record.epoch)", "\(record.step)", "\(record.trainLoss)", "\(record.trainAccuracy)",
        "\(record.testLoss)", "\(record.testAccuracy)", "\(record.learningRate)",
        String(format: "%.3f", record.seconds), String(format: "%.1f", record.imagesPerSecond),
      ].joined(separator: ","))
    try write()
  }

  private func write() throws {
    try AtomicFile.write(Data((rows.joined(separator: "\n") + "\n").utf8), to: file)
  }
}
