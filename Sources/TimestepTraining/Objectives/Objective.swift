import Foundation
import TimestepData
import TimestepTorch

/// What training makes small, and how well a model does in the terms of the task.
///
/// A measure is made of sums that add up over batches, so that it is that of all examples however they are cut into
/// batches: accuracy is `correct / examples`, not a mean of means.
public protocol Objective: Sendable {
  /// What an evaluation measures; the first is the one that is also followed in training.
  var metrics: [Metric] { get }
  /// The mean loss over a batch, a scalar through which gradients go.
  func loss(_ outputs: Tensor, _ targets: Tensor) throws -> Tensor
  /// What adds up over batches; `forAll` metrics, or only what the first one needs.
  func sums(_ outputs: Tensor, _ targets: Tensor, forAll: Bool) throws -> [Double]
  /// The metrics made of the sums: all, or the first, as the sums allow.
  func values(_ sums: [Double]) -> [Double]
}

/// A measure of how well a model does.
public struct Metric: Sendable, Hashable, Codable {
  /// The name in files, e.g. `accuracy`.
  public var name: String
  /// Whether it is a share between 0 and 1, shown in percent.
  public var isShare: Bool
  /// Whether more is better.
  public var moreIsBetter: Bool

  /// Describes a measure.
  public init(_ name: String, isShare: Bool = true, moreIsBetter: Bool = true) {
    self.name = name
    self.isShare = isShare
    self.moreIsBetter = moreIsBetter
  }

  /// The share of examples, or of pixels, whose most probable class is the right one.
  public static let accuracy = Metric("accuracy")
  /// The share whose right class is among the five most probable.
  public static let topFiveAccuracy = Metric("top5_accuracy")
  /// The mean over classes of intersection over union.
  public static let meanIntersectionOverUnion = Metric("mean_iou")
  /// The root of the mean squared error, in the target's unit.
  public static let rootMeanSquareError = Metric("rmse", isShare: false, moreIsBetter: false)
  /// The share of the target's variance that is explained, at most 1; negative for worse than the mean.
  public static let determination = Metric("r2", isShare: false)

  /// The root of the mean squared error over the target's standard deviation: `sqrt(1 - R2)`, 1 for the mean.
  public static let relativeError = Metric("rmse_over_std", isShare: false, moreIsBetter: false)

  /// A value as people read it, in percent where it is a share.
  public func text(_ value: Double, digits: Int = 2) -> String {
    let factor = isShare ? 100.0 : 1
    let text = String(format: "%.\(isShare ? digits : digits + 2)f", factor * value)
    return isShare ? text + " %" : text
  }

  /// The name as people read it.
  public var title: String {
    switch self {
    case .topFiveAccuracy: "top-5 accuracy"
    case .meanIntersectionOverUnion: "mean IoU"
    case .rootMeanSquareError: "RMSE"
    case .determination: "R2"
    case .relativeError: "RMSE/std"
    default: name
    }
  }

  /// Whether one value is better than another.
  public func isBetter(_ one: Double, than other: Double) -> Bool {
    moreIsBetter ? one > other : one < other
  }
}

extension LearningTask {
  /// What training makes small for this task: cross-entropy for classes, half squares for numbers.
  public var objective: any Objective {
    switch self {
    case .classification(let classNames): ClassificationObjective(classes: classNames.count)
    case .regression: RegressionObjective()
    case .segmentation(let classNames): SegmentationObjective(classes: classNames.count)
    }
  }
}
