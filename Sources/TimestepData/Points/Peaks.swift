import TimeStepping

/// In which of five bands of equal height a point of the landscape ``PeaksFunction`` lies.
///
/// ```
/// class = min(4, floor(5 (peaks(x, y) - low) / (high - low)))
/// ```
/// Points are those of the grid of 256 x 256 on [-3, 3]^2, `low` and `high` its least and its greatest height. As many
/// points of each class are drawn, none twice: 8000 in all, four fifths of each class for training. The two outer
/// bands have 1829 and 1798 points of the grid, which is why there are at most 8990.
///
/// Source: Meganet.m's peaks, spec section 6.7; that a fifth is for testing is our choice.
public struct Peaks: SyntheticProblem, Equatable {
  /// Points of both parts together, a fifth of them of each class.
  public var count: Int
  /// The same seed gives the same points.
  public var seed: UInt64

  /// Points of the grid along each axis.
  public static let gridSize = 256
  /// The number of bands.
  public static let bands = 5
  /// The points of the smallest band, times the number of bands.
  static let most = 8990

  public let name = "peaks"
  public let title = "Bands of height of the peaks landscape"
  public let task = LearningTask.classification(
    classNames: ["basin", "hollow", "plain", "slope", "summit"])
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "8000", "points in all, a fifth of them for testing"), .seed,
  ]
  public var counts: (train: Int, test: Int) {
    let each = count / Self.bands
    return (Self.bands * (each - each / 5), Self.bands * (each / 5))
  }

  /// Describes a set of points.
  public init(count: Int = 8000, seed: UInt64 = 0) {
    self.count = count
    self.seed = seed
  }

  public func configured(_ choice: NamedChoice) throws -> Peaks {
    Peaks(
      count: try choice.integer("count", in: 25...Self.most) ?? count,
      seed: try choice.seed() ?? seed)
  }

  /// The points of the grid in each band, as numbers `x + 256 y`.
  static func grid() -> [[Int]] {
    let places = (0..<gridSize).map { PeaksFunction.coordinate($0, of: gridSize) }
    let heights = places.flatMap { y in places.map { x in PeaksFunction.height(x, y) } }
    let (low, high) = (heights.min() ?? 0, heights.max() ?? 1)
    var members = [[Int]](repeating: [], count: bands)
    for (index, height) in heights.enumerated() {
      let band = Int(Double(bands) * (height - low) / (high - low))
      members[min(band, bands - 1)].append(index)
    }
    return members
  }

  /// Makes the points of one part, in random order.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 25 to 8990 points.
  public func makeDataset(split: DatasetSplit) throws -> PointDataset {
    try require(
      (25...Self.most).contains(count), "peaks of \(count) points",
      "choose 25 to \(Self.most) points")
    // Both parts are cut from one order, so that they have no point in common.
    var random = RandomStream(seed: seed, pointSet: 3, split: .train)
    let each = count / Self.bands
    var points: [(label: Int32, place: Int)] = []
    for (label, members) in Self.grid().enumerated() {
      var members = members
      random.shuffle(&members)
      let drawn = members.prefix(each)
      let part = split == .train ? drawn.dropLast(each / 5) : drawn.suffix(each / 5)
      points += part.map { (Int32(label), $0) }
    }
    random.shuffle(&points)
    return try PointDataset(
      name: name, split: split, features: 2, classNames: task.classNames,
      labels: points.map(\.label),
      coordinates: points.flatMap { point in
        [point.place % Self.gridSize, point.place / Self.gridSize].map {
          Float(PeaksFunction.coordinate($0, of: Self.gridSize))
        }
      })
  }
}
