import Foundation
import TimeStepping

/// Two interleaving half circles in the plane, with noise.
///
/// Class 0, outer: `(cos a, sin a)`; class 1, inner: `(1 - cos a, 1/2 - sin a)`; `a` in equal steps from 0 to pi,
/// both ends included; Gaussian noise is added to every coordinate. The geometry of scikit-learn's
/// `make_moons`; sizes and noise of the spec of Robust ResNet, section 3: 1000 + 1000 points, sigma 0.3.
public struct TwoMoons: SyntheticProblem, Equatable {
  /// Number of points of a part; the outer moon gets half, rounded down.
  public var count: Int
  /// Standard deviation of the noise.
  public var noise: Double
  /// The same seed gives the same points; training and test points are drawn apart.
  public var seed: UInt64

  public let name = "two-moons"
  public let title = "Two moons"
  public let task = LearningTask.classification(classNames: ["outer", "inner"])
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "1000", "points of each part"),
    .init("noise", standard: "0.3", "standard deviation of the noise"),
    .seed,
  ]
  public var counts: (train: Int, test: Int) { (count, count) }

  /// Describes a set of points.
  public init(count: Int = 1000, noise: Double = 0.3, seed: UInt64 = 0) {
    self.count = count
    self.noise = noise
    self.seed = seed
  }

  public func configured(_ choice: NamedChoice) throws -> TwoMoons {
    TwoMoons(
      count: try choice.integer("count", in: 2...10_000_000) ?? count,
      noise: try choice.number("noise", in: 0...1e6) ?? noise, seed: try choice.seed() ?? seed)
  }

  /// Makes the points of one part, in random order.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 2 to 10,000,000 points and the noise is finite and
  /// not negative.
  public func makeDataset(split: DatasetSplit) throws -> PointDataset {
    try require(
      (2...10_000_000).contains(count) && noise.isFinite && (0...1e6).contains(noise),
      "two moons of \(count) points with noise \(noise)",
      "choose 2 to 10000000 points and a noise from 0 to 1000000")
    var random = RandomStream(seed: seed, pointSet: 0, split: split)
    let outer = count / 2
    var order = Array(0..<count)
    random.shuffle(&order)
    var coordinates: [Float] = []
    coordinates.reserveCapacity(2 * count)
    for index in order {
      let place = Self.place(
        index < outer ? index : index - outer, of: index < outer ? outer : count - outer)
      let x = index < outer ? cos(place) : 1 - cos(place)
      let y = index < outer ? sin(place) : 0.5 - sin(place)
      coordinates.append(Float(x + noise * random.normal()))
      coordinates.append(Float(y + noise * random.normal()))
    }
    return try PointDataset(
      name: name, split: split, features: 2, classNames: task.classNames,
      labels: order.map { $0 < outer ? 0 : 1 }, coordinates: coordinates)
  }

  /// Angle number `index` of `count` equally spaced ones from 0 to pi.
  private static func place(_ index: Int, of count: Int) -> Double {
    count > 1 ? .pi * Double(index) / Double(count - 1) : 0
  }
}
