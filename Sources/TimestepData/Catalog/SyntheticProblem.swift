import TimeStepping

/// A data set that is made from a formula and random numbers: no files, any size, the same for the same seed.
///
/// Its arguments are written behind its name, as in `two-moons:count=200,noise=0.1`.
public protocol SyntheticProblem: Sendable {
  /// What its parts are.
  associatedtype Examples: Dataset
  /// The name in the catalog.
  var name: String { get }
  /// The name for people.
  var title: String { get }
  /// Shape of one example.
  var elementShape: [Int] { get }
  /// What an example is; by default an image where the shape has three axes, and a point otherwise.
  var elementKind: ElementKind { get }
  /// What is to be learned about an example.
  var task: LearningTask { get }
  /// How many examples each part has.
  var counts: (train: Int, test: Int) { get }
  /// How examples are prepared where that is asked for; nothing happens by default.
  var preparation: Preparation { get }
  /// The arguments by which it can be varied.
  var arguments: [ArgumentDescription] { get }
  /// The problem with some of its arguments given; throws `ArgumentError` for values out of range.
  func configured(_ choice: NamedChoice) throws -> Self
  /// Makes the examples of one part; throws `DataError(.badConfiguration)` for numbers out of range.
  func makeDataset(split: DatasetSplit) throws -> Examples
}

extension SyntheticProblem {
  public var elementShape: [Int] { [2] }
  public var elementKind: ElementKind { ElementKind(shape: elementShape) }
  public var preparation: Preparation { Preparation() }
}

extension NamedChoice {
  /// The argument `seed`, if it is given.
  func seed() throws -> UInt64? { try integer("seed", in: 0...Int.max).map(UInt64.init) }
}

extension ArgumentDescription {
  /// The argument `seed` of everything that is drawn.
  static let seed = ArgumentDescription(
    "seed", standard: "0", "the same seed gives the same examples")
}

/// Throws `DataError(.badConfiguration)` unless the condition holds.
func require(_ condition: Bool, _ problem: String, _ remedy: String) throws {
  guard condition else { throw DataError(.badConfiguration, problem: problem, remedy: remedy) }
}
