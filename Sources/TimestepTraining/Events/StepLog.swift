import Foundation

/// Writes a row for every so many steps as CSV, `steps.csv`.
///
/// It holds no times, so that a training that was stopped and went on leaves the same bytes as one that was not.
public final class StepLog: GrowingLog {
  /// The file's name.
  public static let fileName = "steps.csv"
  public let name = StepLog.fileName
  private let file: AppendedFile
  private let interval: Int
  private let header: String

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - interval: the steps from row to row.
  ///   - metric: what is followed in training.
  ///   - length: how long the file was when the training was saved; 0 to begin.
  public init(_ url: URL, every interval: Int, metric: Metric, keeping length: Int = 0) throws {
    self.interval = max(interval, 1)
    header = "step,epoch,train_loss,train_\(metric.name),learning_rate,gradient_norm,loss_spike\n"
    file = try AppendedFile(lines: url, keeping: length)
  }

  public func receive(_ event: TrainingEvent) throws {
    switch event {
    case .began: if file.length == 0 { try file.append(Data(header.utf8)) }
    case .step(let record) where record.step % interval == 0:
      let row = [
        "\(record.step)", "\(record.epoch + 1)", "\(record.loss)", "\(record.metric)",
        "\(record.learningRate)", "\(record.gradientNorm)", record.isSpike ? "1" : "0",
      ]
      try file.append(Data((row.joined(separator: ",") + "\n").utf8))
    default: break
    }
  }

  public func flush() throws -> Int { try file.flush() }

  /// The bytes that the file has.
  public var length: Int { file.length }
}
