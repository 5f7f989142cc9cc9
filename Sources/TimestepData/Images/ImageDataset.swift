/// Labelled images of one size held in memory as bytes, in the order (N, H, W, C).
public struct ImageDataset: ClassificationDataset {
  /// The name in the catalog.
  public let name: String
  /// Which part this is.
  public let split: DatasetSplit
  /// `[C, H, W]`.
  public let elementShape: [Int]
  /// The names of the classes.
  public let classNames: [String]
  /// The label of each image.
  public let labels: [Int32]
  /// The pixels of all images, one image after the other, rows from the top, channels interleaved.
  public let pixels: [UInt8]
  /// The files that were passed over, where that was asked for.
  public let skipped: SkippedFiles?

  /// Rows of an image.
  public var height: Int { elementShape[1] }
  /// Columns of an image.
  public var width: Int { elementShape[2] }
  /// Bytes of a pixel: 1 for grey, 3 for red, green, blue.
  public var channels: Int { elementShape[0] }

  /// Takes pixels in the order (N, H, W, C).
  ///
  /// Throws `DataError(.badData)` unless the numbers of pixels and labels agree, there is at least one image,
  /// and every label has a class name.
  public init(
    name: String, split: DatasetSplit, height: Int, width: Int, channels: Int,
    classNames: [String], labels: [Int32], pixels: [UInt8], skipped: SkippedFiles? = nil
  ) throws {
    let positive = height > 0 && width > 0 && channels > 0 && !labels.isEmpty
    var size = labels.count
    var overflow = false
    for factor in [height, width, channels] {
      let product = size.multipliedReportingOverflow(by: factor)
      size = product.partialValue
      overflow = overflow || product.overflow
    }
    guard positive, !overflow, size == pixels.count else {
      throw DataError(
        .badData,
        problem: "\(name): \(labels.count) labels and \(pixels.count) bytes of pixels do not make "
          + "images of \(height) x \(width) x \(channels)")
    }
    try checkLabels(labels, classes: classNames.count, of: name)
    self.name = name
    self.split = split
    elementShape = [channels, height, width]
    self.classNames = classNames
    self.labels = labels
    self.pixels = pixels
    self.skipped = skipped
  }

  /// A writer of normalised and augmented images.
  public func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    try preparation.normalization?.check(channels: channels, of: name)
    try preparation.augmentation.check(height: height, width: width)
    return ImageWriter(dataset: self, preparation: preparation)
  }
}
