/// Where the parts of a data set lie whose directory decides on it.
public struct DatasetLocation: Sendable, Equatable {
  /// The directory of the set.
  public let directory: String
  /// The directory of the part that is trained on.
  public let train: String
  /// The directory of the part that measures.
  public let test: String
  /// Directories that could measure as well, and are not read.
  public let unused: [String]

  /// The directory of a part.
  public func directory(of split: DatasetSplit) -> String { split == .train ? train : test }
}
