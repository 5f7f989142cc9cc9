import Foundation
import TimeStepping

/// Two spirals in each other.
///
/// ```
/// (r cos a, r sin a),  a = 0, 2 pi / n, ..., 4 pi,  class 0: r = a / 4 pi,  class 1: r = 0.2 + a / 4 pi
/// ```
/// With n = 256 there are 513 angles. The first, third, ... are for training (257 of each class), the others for
/// testing (256); nothing is drawn. Points are in the order of their angles, classes in turn.
/// Source: Meganet.m, spec section 6.7.
public struct SwissRoll: SyntheticProblem, Equatable {
  /// Angles in one turn of the spiral.
  public var n: Int

  public let name = "swiss-roll"
  public let title = "Swiss roll of two spirals"
  public let task = LearningTask.classification(classNames: ["inner", "outer"])
  public let arguments: [ArgumentDescription] = [
    .init("n", standard: "256", "angles in a turn, of 2n + 1 in all")
  ]
  public var counts: (train: Int, test: Int) { (2 * (n + 1), 2 * n) }

  /// Describes a set of points.
  public init(n: Int = 256) { self.n = n }

  public func configured(_ choice: NamedChoice) throws -> SwissRoll {
    SwissRoll(n: try choice.integer("n", in: 1...1_000_000) ?? n)
  }

  /// Makes the points of one part.
  ///
  /// Throws `DataError(.badConfiguration)` unless n is 1 to 1,000,000.
  public func makeDataset(split: DatasetSplit) throws -> PointDataset {
    try require((1...1_000_000).contains(n), "a swiss roll with n = \(n)", "choose 1 to 1000000")
    var labels: [Int32] = []
    var coordinates: [Float] = []
    for index in stride(from: split == .train ? 0 : 1, through: 2 * n, by: 2) {
      let turned = Double(index) / Double(2 * n)
      let angle = 4 * .pi * turned
      for (label, radius) in [turned, 0.2 + turned].enumerated() {
        labels.append(Int32(label))
        coordinates.append(Float(radius * cos(angle)))
        coordinates.append(Float(radius * sin(angle)))
      }
    }
    return try PointDataset(
      name: name, split: split, features: 2, classNames: task.classNames, labels: labels,
      coordinates: coordinates)
  }
}
