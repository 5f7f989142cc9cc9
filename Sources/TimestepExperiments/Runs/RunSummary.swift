import Foundation
import TimestepTraining

/// What came out of a run, as `summary.json`.
public struct RunSummary: Codable, Sendable {
  public var network: String
  public var parameters: Int
  public var dataset: String
  public var seed: UInt64
  public var status: TrainingOutcome.Status
  /// Why it diverged, in one line.
  public var message: String?
  /// Why it diverged, in numbers.
  public var divergence: Divergence?
  public var epochs: Int
  public var steps: Int
  /// Of the last epoch and the best of all epochs, each for the tasks that have it.
  public var finalTestAccuracy: Double?
  public var bestTestAccuracy: Double?
  public var finalTestMeanIoU: Double?
  public var bestTestMeanIoU: Double?
  public var finalTestRMSE: Double?
  public var bestTestRMSE: Double?
  public var finalTestR2: Double?
  public var bestTestR2: Double?
  /// RMSE over the target's standard deviation.
  public var finalTestRelativeRMSE: Double?
  public var bestTestRelativeRMSE: Double?
  public var finalTestLoss: Double?
  public var finalTrainLoss: Double?
  /// The regularisers at the end, where there are some; losses are without them.
  public var finalRegularization: Double?
  /// How many steps had a loss that stood out.
  public var lossSpikes: Int
  public var imagesPerSecond: Double?
  /// How many damaged files were passed over, where that was asked for.
  public var skippedFiles: Int?
  public var wallSeconds: Double
  public var peakMemoryBytes: Int
  public var precision: String
  public var device: String
  public var threads: Int
  /// The fused kernels that were in use at the end.
  public var kernels: String
  public var libtorch: String
  public var version: String

  enum CodingKeys: String, CodingKey {
    case network, parameters, dataset, seed, status, message, epochs, steps, precision, device
    case threads, kernels, libtorch, version, divergence
    case lossSpikes = "loss_spikes"
    case finalTestAccuracy = "final_test_accuracy"
    case bestTestAccuracy = "best_test_accuracy"
    case finalTestMeanIoU = "final_test_mean_iou"
    case bestTestMeanIoU = "best_test_mean_iou"
    case finalTestRMSE = "final_test_rmse"
    case bestTestRMSE = "best_test_rmse"
    case finalTestR2 = "final_test_r2"
    case bestTestR2 = "best_test_r2"
    case finalTestRelativeRMSE = "final_test_rmse_over_std"
    case bestTestRelativeRMSE = "best_test_rmse_over_std"
    case finalTestLoss = "final_test_loss"
    case finalTrainLoss = "final_train_loss"
    case finalRegularization = "final_regularization"
    case skippedFiles = "skipped_files"
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
