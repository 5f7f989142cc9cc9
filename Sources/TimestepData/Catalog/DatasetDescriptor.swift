import TimeStepping

/// A line of the catalog: what a data set is, how it is prepared, where its files come from, how to load it.
public struct DatasetDescriptor: Sendable {
  /// The name used on the command line, and the name of its directory.
  public let name: String
  /// The name for people.
  public let title: String
  /// Shape of one example: `[C, H, W]` for images, `[features]` for points, `[characters]` for texts.
  public let elementShape: [Int]
  /// What an example is.
  public let elementKind: ElementKind
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
  /// The arguments by which the set can be varied, as in `two-moons:noise=0.1`.
  public private(set) var arguments: [ArgumentDescription] = []
  /// The name with the arguments that were given: what makes this very set again.
  public private(set) var choice: String
  /// The set with some of its arguments given.
  private var configure: (@Sendable (NamedChoice) throws -> DatasetDescriptor)?
  /// Reads a part from a directory that was found; the directory is empty for a set without files.
  let read: @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset

  /// Describes a data set; `read` throws `DataError`.
  ///
  /// - Parameter elementKind: what an example is; nil for an image where the shape has three axes, else a point.
  public init(
    name: String, title: String, elementShape: [Int], elementKind: ElementKind? = nil,
    task: LearningTask, counts: (train: Int, test: Int), preparation: Preparation,
    augmentsByDefault: Bool = true,
    markers: [String] = [], remedy: String? = nil,
    read: @escaping @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset
  ) {
    self.name = name
    self.title = title
    self.elementShape = elementShape
    self.elementKind = elementKind ?? ElementKind(shape: elementShape)
    self.task = task
    choice = name
    self.counts = counts
    self.preparation = preparation
    self.augmentsByDefault = augmentsByDefault
    self.markers = markers
    self.remedy = remedy
    self.read = read
  }

  /// Describes a data set of classes; `read` throws `DataError`.
  public init(
    name: String, title: String, elementShape: [Int], elementKind: ElementKind? = nil,
    classNames: [String], counts: (train: Int, test: Int), preparation: Preparation,
    augmentsByDefault: Bool = true,
    markers: [String] = [], remedy: String? = nil,
    read: @escaping @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset
  ) {
    self.init(
      name: name, title: title, elementShape: elementShape, elementKind: elementKind,
      task: .classification(classNames: classNames), counts: counts, preparation: preparation,
      augmentsByDefault: augmentsByDefault, markers: markers, remedy: remedy, read: read)
  }

  /// Describes a data set that is made rather than read.
  public init(_ problem: some SyntheticProblem) {
    self.init(
      name: problem.name, title: problem.title, elementShape: problem.elementShape,
      elementKind: problem.elementKind, task: problem.task, counts: problem.counts,
      preparation: problem.preparation, augmentsByDefault: false
    ) { split, _ in try problem.makeDataset(split: split) }
    arguments = problem.arguments
    configure = { DatasetDescriptor(try problem.configured($0)) }
  }

  /// The set with the arguments of a choice.
  ///
  /// Throws `ArgumentError` for arguments that it does not know or that are out of range.
  public func configured(_ choice: NamedChoice) throws -> DatasetDescriptor {
    try choice.check(arguments)
    guard let configure, !choice.values.isEmpty else { return self }
    var result = try configure(choice)
    result.choice = choice.description
    return result
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
