/// What a full verification of a data set found.
public struct DatasetCheck: Sendable, Encodable {
  /// An official file.
  public struct File: Sendable, Encodable {
    /// How its contents compare.
    public enum State: String, Sendable, Encodable { case official, different, missing, unreadable }
    /// Where it is, or would be.
    public let path: String
    /// How its contents compare.
    public let state: State
  }

  /// A part of the set.
  public struct Part: Sendable, Encodable {
    /// Which part.
    public let split: DatasetSplit
    /// Its directory, where it has one of its own.
    public let directory: String?
    /// How many examples it has.
    public let examples: Int
    /// How many it has when complete.
    public let complete: Int
    /// The names of the classes, and how many examples each has; empty where examples have no class.
    public let classes: [String]
    public let examplesPerClass: [Int]
  }

  /// The name of the set.
  public let dataset: String
  /// The directory that was checked; nil for a set that is made.
  public let directory: String?
  /// Directories in it that could measure as well, and are not read.
  public let unused: [String]
  /// The official files, where they are known.
  public let files: [File]
  /// The parts that could be read.
  public let parts: [Part]
  /// All that is wrong, what cannot be read first; each in a sentence without a full stop that names a file where it
  /// concerns one.
  public let problems: [String]
  /// Those of them that say what cannot be read.
  public let unreadable: [String]
  /// Whether a file is not there.
  public let isIncomplete: Bool

  /// What can be read and is wrong.
  public var differences: [String] { Array(problems.dropFirst(unreadable.count)) }

  /// Reads every byte and every example of a set in a directory, or where it is found.
  ///
  /// What is wrong is collected. Throws `DataError`: `.notFound` where no directory holds the set,
  /// `.badConfiguration` for a directory of a set that is made.
  public init(
    _ dataset: DatasetDescriptor, directory: String? = nil, search: DatasetSearch = DatasetSearch()
  ) throws {
    try dataset.refuse(directory: directory)
    let directory =
      dataset.markers.isEmpty
      ? dataset.location?.directory : try search.directory(of: dataset, explicit: directory)
    var inspection = DatasetInspection(dataset, in: directory)
    inspection.compareFiles()
    for split in DatasetSplit.allCases { inspection.read(split) }
    self.dataset = dataset.name
    self.directory = directory
    unused = dataset.location?.unused ?? []
    (files, parts) = (inspection.files, inspection.parts)
    unreadable = inspection.unreadable
    problems = inspection.unreadable + inspection.differences
    isIncomplete = inspection.isIncomplete
  }
}
