/// What a user may choose about how the files of a data set are read.
public struct ReadingOptions: Sendable, Equatable {
  /// Rows and columns of the examples of an image folder; nil leaves it to the folder.
  public var imageSize: Int?
  /// Whether damaged files are passed over and counted, instead of ending the work.
  public var skipsCorruptFiles: Bool
  /// The classes that an image folder must have, in order; nil takes the names of its directories.
  public var classNames: [String]?
  /// Whether the images of a folder that is gone were resized, as the run that was trained on them knows.
  public var resizesMissing: Bool
  /// The bytes of decoded pixels up to which a part is held in memory; a larger one is decoded as it is asked for.
  public var heldBytes: Int

  /// Makes options; by default the folder decides and a damaged file is an error.
  public init(
    imageSize: Int? = nil, skipsCorruptFiles: Bool = false, classNames: [String]? = nil,
    resizesMissing: Bool = false, heldBytes: Int = 1 << 30
  ) {
    self.imageSize = imageSize
    self.skipsCorruptFiles = skipsCorruptFiles
    self.classNames = classNames
    self.resizesMissing = resizesMissing
    self.heldBytes = heldBytes
  }
}
