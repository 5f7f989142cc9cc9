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
    let size = labels.count.multipliedReportingOverflow(by: features)
    guard features > 0, !labels.isEmpty, !size.overflow, size.partialValue == coordinates.count
    else {
      throw DataError(
        .badData,
        problem: "\(name): \(coordinates.count) coordinates do not make \(labels.count) points of "
          + "\(features) each")
    }
    if let index = coordinates.firstIndex(where: { !$0.isFinite }) {
      throw DataError(
        .badData, problem: "\(name): a coordinate of point \(index / features) is not finite")
    }
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
    try preparation.normalization?.check(channels: elementShape[0], of: name)
    guard preparation.augmentation == .none else {
      throw DataError(
        .badConfiguration, problem: "\(name) holds points, which cannot be cropped or mirrored",
        remedy: "switch the augmentation off")
    }
    return PointWriter(dataset: self, normalization: preparation.normalization)
  }
}

/// Copies points, normalised.
private struct PointWriter: ElementWriter {
  let dataset: PointDataset
  let normalization: Normalization?

  func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    target[0] = Float(dataset.labels[index])
    let features = dataset.elementShape[0]
    for feature in 0..<features {
      var value = dataset.coordinates[index * features + feature]
      if let normalization {
        value = (value - normalization.mean[feature]) / normalization.standardDeviation[feature]
      }
      output[feature] = value
    }
  }
}
