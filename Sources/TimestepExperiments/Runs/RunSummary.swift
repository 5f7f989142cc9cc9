import Foundation
import TimestepTraining

/// What came out of a run, as `summary.json`.
public struct RunSummary: Codable, Sendable {
  public var network: String
  public var parameters: Int
  public var dataset: String
  public var seed: UInt64
  public var status: TrainingOutcome.Status
  /// Why it diverged.
  public var message: String?
  public var epochs: Int
  public var steps: Int
  public var finalTestAccuracy: Double?
  public var bestTestAccuracy: Double?
  public var finalTestLoss: Double?
  public var finalTrainLoss: Double?
  public var imagesPerSecond: Double?
  public var wallSeconds: Double
  public var peakMemoryBytes: Int
  public var precision: String
  public var device: String
  public var threads: Int
  public var libtorch: String
  public var version: String

  enum CodingKeys: String, CodingKey {
    case network, parameters, dataset, seed, status, message, epochs, steps, precision, device
    case threads, libtorch, version
    case finalTestAccuracy = "final_test_accuracy"
    case bestTestAccuracy = "best_test_accuracy"
    case finalTestLoss = "final_test_loss"
    case finalTrainLoss = "final_train_loss"
    case imagesPerSecond = "images_per_second"
    case wallSeconds = "wall_seconds"
    case peakMemoryBytes = "peak_memory_bytes"
  }

  /// The summary as indented JSON, keys in alphabetical order.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}
