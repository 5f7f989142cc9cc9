import Foundation
import TimeStepping

/// Points in an ellipse, and points in the ring around it.
///
/// ```
/// (r cos a, 0.4 r sin a),  a ~ U[0, 2 pi),  class 0: r ~ U[0, 1),  class 1: r ~ 1 + U[0, 1)
/// ```
/// As many points of both classes, in random order: 1000 + 1000 for training and 200 + 200 for testing. The classes
/// touch and do not overlap. Source: the lecture's data set "circle" (Meganet.m), spec section 6.7.
public struct Ellipses: SyntheticProblem, Equatable {
  /// Training points, half of each class; a fifth as many for testing.
  public var count: Int
  /// The same seed gives the same points; training and test points are drawn apart.
  public var seed: UInt64

  public let name = "ellipses"
  public let title = "Ellipse and the ring around it"
  public let task = LearningTask.classification(classNames: ["inside", "ring"])
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "2000", "training points; a fifth as many for testing"), .seed,
  ]
  public var counts: (train: Int, test: Int) { (count, count / 5) }

  /// Describes a set of points.
  public init(count: Int = 2000, seed: UInt64 = 0) {
    self.count = count
    self.seed = seed
  }

  public func configured(_ choice: NamedChoice) throws -> Ellipses {
    Ellipses(
      count: try choice.integer("count", in: 10...10_000_000) ?? count,
      seed: try choice.seed() ?? seed)
  }

  /// Makes the points of one part, in random order.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 10 to 10,000,000 points.
  public func makeDataset(split: DatasetSplit) throws -> PointDataset {
    try require(
      (10...10_000_000).contains(count), "ellipses of \(count) points",
      "choose 10 to 10000000 points")
    var random = RandomStream(seed: seed, pointSet: 1, split: split)
    var labels = (0..<(split == .train ? counts.train : counts.test)).map { Int32($0 % 2) }
    random.shuffle(&labels)
    var coordinates: [Float] = []
    coordinates.reserveCapacity(2 * labels.count)
    for label in labels {
      let radius = Double(label) + random.uniform()
      let angle = 2 * .pi * random.uniform()
      coordinates.append(Float(radius * cos(angle)))
      coordinates.append(Float(0.4 * radius * sin(angle)))
    }
    return try PointDataset(
      name: name, split: split, features: 2, classNames: task.classNames, labels: labels,
      coordinates: coordinates)
  }
}
