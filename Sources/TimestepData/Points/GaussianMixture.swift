import Foundation
import TimeStepping

/// Normal distributions around k points of the unit circle; the class is the distribution a point comes from.
///
/// ```
/// (cos 2 pi c / k, sin 2 pi c / k) + sigma (e1, e2),  e1, e2 ~ N(0, 1),  c = 0, ..., k - 1
/// ```
/// As many points of each class, up to one. Neighbouring means are `d = 2 sin(pi / k)` apart; with k = 5 and
/// sigma = 0.2 the best possible accuracy is about 99.7 %, since a point is nearer to another mean with a probability
/// of about `2 Q(d / 2 sigma)` where Q is the upper tail of the normal distribution.
///
/// The lecture names the set without numbers; k, sigma and the sizes are our choice.
public struct GaussianMixture: SyntheticProblem, Equatable {
  /// Points of each part.
  public var count: Int
  /// The number k of distributions.
  public var classes: Int
  /// The standard deviation sigma of each coordinate.
  public var noise: Double
  /// The same seed gives the same points; training and test points are drawn apart.
  public var seed: UInt64

  public let name = "gaussian-mixture"
  public let title = "Gaussians around points of a circle"
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "1000", "points of each part"),
    .init("classes", standard: "5", "number of Gaussians"),
    .init("noise", standard: "0.2", "their standard deviation"),
    .seed,
  ]
  public var task: LearningTask {
    .classification(classNames: (0..<max(classes, 0)).map { "component \($0)" })
  }
  public var counts: (train: Int, test: Int) { (count, count) }

  /// Describes a set of points.
  public init(count: Int = 1000, classes: Int = 5, noise: Double = 0.2, seed: UInt64 = 0) {
    self.count = count
    self.classes = classes
    self.noise = noise
    self.seed = seed
  }

  public func configured(_ choice: NamedChoice) throws -> GaussianMixture {
    let classes = try choice.integer("classes", in: 2...1000) ?? classes
    return GaussianMixture(
      count: try choice.integer("count", in: classes...10_000_000) ?? max(count, classes),
      classes: classes, noise: try choice.number("noise", in: 0...1e6) ?? noise,
      seed: try choice.seed() ?? seed)
  }

  /// Makes the points of one part, in random order.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 2 to 1000 classes, at least as many points, at most
  /// 10,000,000, and the noise is finite and not negative.
  public func makeDataset(split: DatasetSplit) throws -> PointDataset {
    try require(
      (2...1000).contains(classes) && (classes...10_000_000).contains(count) && noise.isFinite
        && (0...1e6).contains(noise),
      "\(count) points of \(classes) Gaussians with noise \(noise)",
      "choose 2 to 1000 Gaussians, as many points or more, and a noise from 0 to 1000000")
    var random = RandomStream(seed: seed, pointSet: 5, split: split)
    var labels = (0..<count).map { Int32($0 % classes) }
    random.shuffle(&labels)
    var coordinates: [Float] = []
    coordinates.reserveCapacity(2 * count)
    for label in labels {
      let angle = 2 * .pi * Double(label) / Double(classes)
      coordinates.append(Float(cos(angle) + noise * random.normal()))
      coordinates.append(Float(sin(angle) + noise * random.normal()))
    }
    return try PointDataset(
      name: name, split: split, features: 2, classNames: task.classNames, labels: labels,
      coordinates: coordinates)
  }
}
