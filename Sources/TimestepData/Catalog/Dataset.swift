/// The part of a data set that is trained on, or the part that measures.
public enum DatasetSplit: String, Sendable, CaseIterable, Codable {
  /// Training examples.
  case train
  /// Held-out examples; never augmented, never noisy.
  case test
}

/// Examples of one shape and what is to be learned about them, held in memory or read as they are asked for.
///
/// A data set of one's own is a type that conforms to this or to ``ClassificationDataset``, and a
/// `DatasetDescriptor`.
public protocol Dataset: Sendable {
  /// The name in the catalog, such as `fashion-mnist`.
  var name: String { get }
  /// Which part this is.
  var split: DatasetSplit { get }
  /// Shape of one example: `[C, H, W]` for images, `[features]` for points, `[characters]` for texts.
  var elementShape: [Int] { get }
  /// What an example is; by default an image where the shape has three axes, and a point otherwise.
  var elementKind: ElementKind { get }
  /// What is to be learned.
  var task: LearningTask { get }
  /// How many examples there are.
  var count: Int { get }
  /// The damaged files that are passed over; nil, unless declared, where one is an error.
  var skipped: SkippedFiles? { get }

  /// What writes examples as floating-point numbers, prepared in this way.
  ///
  /// Throws `DataError(.badConfiguration)` where the preparation does not fit the data.
  func makeWriter(for preparation: Preparation) throws -> any ElementWriter
}

extension Dataset {
  public var elementKind: ElementKind { ElementKind(shape: elementShape) }
  /// None is passed over.
  public var skipped: SkippedFiles? { nil }
  /// How many numbers an example has.
  public var elementCount: Int { elementShape.reduce(1, *) }
  /// The shape of what is to be learned about an example.
  public var targetShape: [Int] { task.targetShape(elementShape: elementShape) }
}
