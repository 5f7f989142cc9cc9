/// A line of the catalog: what a data set is, how it is prepared, where its files come from, how to load it.
public struct DatasetDescriptor: Sendable {
  /// The name used on the command line, and the name of its directory.
  public let name: String
  /// The name for people.
  public let title: String
  /// Shape of one example: `[C, H, W]` for images, `[features]` for points, `[characters]` for texts.
  public let elementShape: [Int]
  /// What is to be learned about an example.
  public let task: LearningTask
  /// How many examples each part has when complete.
  public let counts: (train: Int, test: Int)
  /// The usual preparation of training examples; test examples take its normalisation only.
  public let preparation: Preparation
  /// Whether a run augments this set unless told otherwise.
  public let augmentsByDefault: Bool
  /// Paths within a directory; one of them being there shows that it holds this set. Empty: made, not read.
  public let markers: [String]
  /// The advice where the files are missing or damaged: the command that provides them.
  public let remedy: String?
  /// Reads a part from a directory that was found; the directory is empty for a set without files.
  let read: @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset

  /// Describes a data set; `read` throws `DataError`.
  public init(
    name: String, title: String, elementShape: [Int], task: LearningTask,
    counts: (train: Int, test: Int), preparation: Preparation, augmentsByDefault: Bool = true,
    markers: [String] = [], remedy: String? = nil,
    read: @escaping @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset
  ) {
    self.name = name
    self.title = title
    self.elementShape = elementShape
    self.task = task
    self.counts = counts
    self.preparation = preparation
    self.augmentsByDefault = augmentsByDefault
    self.markers = markers
    self.remedy = remedy
    self.read = read
  }

  /// Describes a data set of classes; `read` throws `DataError`.
  public init(
    name: String, title: String, elementShape: [Int], classNames: [String],
    counts: (train: Int, test: Int), preparation: Preparation, augmentsByDefault: Bool = true,
    markers: [String] = [], remedy: String? = nil,
    read: @escaping @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset
  ) {
    self.init(
      name: name, title: title, elementShape: elementShape,
      task: .classification(classNames: classNames), counts: counts, preparation: preparation,
      augmentsByDefault: augmentsByDefault, markers: markers, remedy: remedy, read: read)
  }

  /// The usual preparation of a part: test examples are normalised, never augmented.
  public func preparation(for split: DatasetSplit) -> Preparation {
    split == .train ? preparation : Preparation(normalization: preparation.normalization)
  }

  /// Loads a part from `directory`, or from where `search` finds the set.
  ///
  /// Throws `DataError`: `.notFound` with every place that was looked at, `.badData`, `.ioFailure`.
  public func load(
    split: DatasetSplit, directory: String? = nil, search: DatasetSearch = DatasetSearch()
  ) throws -> any Dataset {
    try read(split, markers.isEmpty ? "" : search.directory(of: self, explicit: directory))
  }
}
