/// Points with numbers to be learned about them, held in memory: a problem of regression.
public struct ValueDataset: Dataset {
  /// The name in the catalog.
  public let name: String
  /// Which part this is.
  public let split: DatasetSplit
  /// `[features]`.
  public let elementShape: [Int]
  /// What the numbers to be learned are called.
  public let outputs: [String]
  /// The coordinates of all points, one point after the other: (N, features).
  public let coordinates: [Float]
  /// The numbers to be learned, one point after the other: (N, outputs).
  public let values: [Float]

  public var task: LearningTask { .regression(outputs: outputs) }
  public var count: Int { coordinates.count / elementShape[0] }

  /// Takes coordinates in the order (N, features) and values in the order (N, outputs).
  ///
  /// Throws `DataError(.badData)` unless there is at least one point and one output, the numbers of coordinates and
  /// values agree, and all are finite.
  public init(
    name: String, split: DatasetSplit, features: Int, outputs: [String], coordinates: [Float],
    values: [Float]
  ) throws {
    let count = features > 0 ? coordinates.count / features : 0
    try checkPoints(coordinates, features: features, count: count, of: name)
    let size = count.multipliedReportingOverflow(by: outputs.count)
    guard !outputs.isEmpty, !size.overflow, size.partialValue == values.count else {
      throw DataError(
        .badData,
        problem: "\(name): \(values.count) values are not \(outputs.count) for each of \(count) "
          + "points")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DataError(
        .badData, problem: "\(name): a value of point \(index / outputs.count) is not finite")
    }
    self.name = name
    self.split = split
    elementShape = [features]
    self.outputs = outputs
    self.coordinates = coordinates
    self.values = values
  }

  /// A writer of points, normalised feature by feature; values stay as they are, and there is no augmentation.
  public func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    try PointWriter(
      name: name, coordinates: coordinates, features: elementShape[0], targets: values,
      width: outputs.count, preparation: preparation)
  }
}
