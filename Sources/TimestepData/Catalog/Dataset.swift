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

/// A data set that knows the class of each example without reading it.
public protocol ClassificationDataset: Dataset {
  /// The names of the classes; a label is a place in this list.
  var classNames: [String] { get }
  /// The label of each example, each in `0..<classNames.count`.
  var labels: [Int32] { get }
  /// The number that the data set's own files give to the first class; 0 unless declared.
  var firstClassNumber: Int { get }
}

extension ClassificationDataset {
  public var firstClassNumber: Int { 0 }
  public var task: LearningTask { .classification(classNames: classNames) }
  public var count: Int { labels.count }
}

/// What happens to an example between memory and the network.
public struct Preparation: Sendable, Equatable {
  /// Shift and scale of each channel; nil leaves pixels in [0, 1] and points as they are.
  public var normalization: Normalization?
  /// Random changes, drawn anew for each visit; before the normalisation.
  public var augmentation: Augmentation

  /// Makes a preparation; by default nothing happens.
  public init(normalization: Normalization? = nil, augmentation: Augmentation = .none) {
    self.normalization = normalization
    self.augmentation = augmentation
  }
}

/// Writes single examples of a data set, from any thread.
public protocol ElementWriter: Sendable {
  /// Whether an example takes so long that several threads share a batch; not, unless declared.
  var isSlow: Bool { get }

  /// Writes example `index` to all of `input`: images in the order (H, W, C), points in theirs; and what is to be
  /// learned about it to all of `target`: numbers, or classes as whole numbers.
  ///
  /// `random` is the sequence of this example in this epoch. Throws `DataError` where the example cannot be
  /// had, for sets that read as they go.
  func write(
    _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws
}

extension ElementWriter {
  /// One thread makes a batch.
  public var isSlow: Bool { false }
}
