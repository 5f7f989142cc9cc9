import TimeStepping

/// The height of the landscape ``PeaksFunction`` at points of [-3, 3]^2.
///
/// ```
/// (x, y) ~ U[-3, 3)^2,  target peaks(x, y)
/// ```
/// The targets have the standard deviation 1.9. Source: spec section 6.7; 1000 points as in the lecture's experiment,
/// and as many for testing.
public struct PeaksRegression: SyntheticProblem, Equatable {
  /// Points of each part.
  public var count: Int
  /// Standard deviation of what is added to the targets of the training points.
  public var noise: Double
  /// The same seed gives the same points; training and test points are drawn apart.
  public var seed: UInt64

  public let name = "peaks-regression"
  public let title = "Height of the peaks landscape"
  public let task = LearningTask.regression(outputs: ["height"])
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "1000", "points of each part"),
    .init("noise", standard: "0", "standard deviation of the noise on training targets"),
    .seed,
  ]
  public var counts: (train: Int, test: Int) { (count, count) }

  /// Describes a set of points.
  public init(count: Int = 1000, noise: Double = 0, seed: UInt64 = 0) {
    self.count = count
    self.noise = noise
    self.seed = seed
  }

  public func configured(_ choice: NamedChoice) throws -> PeaksRegression {
    PeaksRegression(
      count: try choice.integer("count", in: 1...10_000_000) ?? count,
      noise: try choice.number("noise", in: 0...1e6) ?? noise, seed: try choice.seed() ?? seed)
  }

  /// Makes the points of one part; test targets have no noise.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 1 to 10,000,000 points and the noise is finite and not
  /// negative.
  public func makeDataset(split: DatasetSplit) throws -> ValueDataset {
    try require(
      (1...10_000_000).contains(count) && noise.isFinite && (0...1e6).contains(noise),
      "peaks at \(count) points with noise \(noise)",
      "choose 1 to 10000000 points and a noise from 0 to 1000000")
    var random = RandomStream(seed: seed, pointSet: 4, split: split)
    var coordinates: [Float] = []
    var values: [Float] = []
    for _ in 0..<count {
      let x = 6 * random.uniform() - 3
      let y = 6 * random.uniform() - 3
      coordinates += [Float(x), Float(y)]
      let error = split == .train && noise > 0 ? noise * random.normal() : 0
      values.append(Float(PeaksFunction.height(x, y) + error))
    }
    return try ValueDataset(
      name: name, split: split, features: 2, outputs: task.names, coordinates: coordinates,
      values: values)
  }
}
