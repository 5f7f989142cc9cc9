/// What a user may choose about how the files of a data set are read.
public struct ReadingOptions: Sendable, Equatable {
  /// Rows and columns of the examples of an image folder; nil leaves it to the folder.
  public var imageSize: Int?
  /// Whether damaged files are passed over and counted, instead of ending the work.
  public var skipsCorruptFiles: Bool
  /// The classes that an image folder must have, in order; nil takes the names of its directories.
  public var classNames: [String]?

  /// Makes options; by default the folder decides and a damaged file is an error.
  public init(
    imageSize: Int? = nil, skipsCorruptFiles: Bool = false, classNames: [String]? = nil
  ) {
    self.imageSize = imageSize
    self.skipsCorruptFiles = skipsCorruptFiles
    self.classNames = classNames
  }
}
