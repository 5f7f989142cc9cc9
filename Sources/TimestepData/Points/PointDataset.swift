/// Labelled points held in memory.
public struct PointDataset: ClassificationDataset {
  /// The name in the catalog.
  public let name: String
  /// Which part this is.
  public let split: DatasetSplit
  /// `[features]`.
  public let elementShape: [Int]
  /// The names of the classes.
  public let classNames: [String]
  /// The label of each point.
  public let labels: [Int32]
  /// The coordinates of all points, one point after the other: (N, features).
  public let coordinates: [Float]

  /// Takes coordinates in the order (N, features).
  ///
  /// Throws `DataError(.badData)` unless the numbers of coordinates and labels agree, there is at least one
  /// point, every label has a class name and every coordinate is finite.
  public init(
    name: String, split: DatasetSplit, features: Int, classNames: [String], labels: [Int32],
    coordinates: [Float]
  ) throws {
    try checkPoints(coordinates, features: features, count: labels.count, of: name)
    try checkLabels(labels, classes: classNames.count, of: name)
    self.name = name
    self.split = split
    elementShape = [features]
    self.classNames = classNames
    self.labels = labels
    self.coordinates = coordinates
  }

  /// A writer of points, normalised feature by feature; there is no augmentation of points.
  public func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    try PointWriter(
      name: name, coordinates: coordinates, features: elementShape[0],
      targets: labels.map(Float.init), width: 1, preparation: preparation)
  }
}

/// Copies points, normalised, and what is to be learned about them.
struct PointWriter: ElementWriter {
  private let coordinates: [Float]
  private let features: Int
  private let targets: [Float]
  private let width: Int
  private let normalization: Normalization?

  /// Takes coordinates (N, features) and targets (N, width).
  ///
  /// Throws `DataError(.badConfiguration)` for an augmentation and for a normalisation of other features.
  init(
    name: String, coordinates: [Float], features: Int, targets: [Float], width: Int,
    preparation: Preparation
  ) throws {
    try preparation.normalization?.check(channels: features, of: name)
    try require(
      preparation.augmentation == .none,
      "\(name) holds points, which cannot be cropped or mirrored", "switch the augmentation off")
    self.coordinates = coordinates
    self.features = features
    self.targets = targets
    self.width = width
    normalization = preparation.normalization
  }

  func write(
    _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    for place in 0..<width { target[place] = targets[index * width + place] }
    for feature in 0..<features {
      var value = coordinates[index * features + feature]
      if let normalization {
        value = (value - normalization.mean[feature]) / normalization.standardDeviation[feature]
      }
      input[feature] = value
    }
  }
}

/// Throws `DataError(.badData)` unless the numbers make so many points, at least one, and are finite.
func checkPoints(_ coordinates: [Float], features: Int, count: Int, of name: String) throws {
  let size = count.multipliedReportingOverflow(by: features)
  guard features > 0, count > 0, !size.overflow, size.partialValue == coordinates.count else {
    throw DataError(
      .badData,
      problem: "\(name): \(coordinates.count) coordinates do not make \(count) points of "
        + "\(features) each")
  }
  if let index = coordinates.firstIndex(where: { !$0.isFinite }) {
    throw DataError(
      .badData, problem: "\(name): a coordinate of point \(index / features) is not finite")
  }
}
