import TimeStepping

/// A line of the catalog: what a data set is, how it is prepared, where its files come from, how to load it.
public struct DatasetDescriptor: Sendable {
  /// The name used on the command line, and the name of its directory.
  public let name: String
  /// The name for people.
  public let title: String
  /// Shape of one example: `[C, H, W]` for images, `[features]` for points, `[characters]` for texts.
  ///
  /// This, the classes and the counts are provisional where `isOpen`.
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
  /// Paths within a directory; one of them being there shows that it holds this set. Empty: made, or found
  /// already.
  public let markers: [String]
  /// The advice where the files are missing or damaged: the command that provides them.
  public let remedy: String?
  /// The arguments by which the set can be varied, as in `two-moons:noise=0.1`.
  public private(set) var arguments: [ArgumentDescription] = []
  /// The name with the arguments that were given: what makes this very set again.
  public private(set) var choice: String
  /// Rows and columns of the squares of pixels that are averaged to one; 1 for images as they are in the files.
  public internal(set) var pooling = 1
  /// The set with some of its arguments given.
  private var configure: (@Sendable (NamedChoice) throws -> DatasetDescriptor)?
  /// Reads a part from a directory that was found; the directory is empty for a set without files.
  let read: @Sendable (_ split: DatasetSplit, _ directory: String) throws -> any Dataset
  /// What tells the shape, the classes and the counts from a directory, where that alone knows them.
  let resolve: Resolution?

  /// Makes the descriptor of the set that a directory holds, which is looked for when it is asked for; throws
  /// `DataError`.
  public typealias Resolution =
    @Sendable (_ directory: () throws -> String, _ options: ReadingOptions) throws ->
    DatasetDescriptor

  /// Whether the directory decides on shape, classes and counts, so that ``resolved(directory:options:search:)`` has
  /// to be asked for them.
  public var isOpen: Bool { resolve != nil }

  /// Whether a directory decided on shape, classes and counts, and they are known.
  public let isResolved: Bool
  /// Where the parts lie, where a directory that is there decided on the set.
  public let location: DatasetLocation?
  /// Whether examples are cropped from images of any size.
  public var resizesImages: Bool { preparation.augmentation.crop != nil }

  /// Describes a data set; `read` throws `DataError`.
  ///
  /// - Parameters:
  ///   - elementKind: what an example is; nil for an image where the shape has three axes, else a point.
  ///   - augmentsByDefault: whether a run augments it unless told otherwise; never without an augmentation in
  ///     `preparation`.
  public init(
    name: String, title: String, elementShape: [Int], elementKind: ElementKind? = nil,
    task: LearningTask, counts: (train: Int, test: Int), preparation: Preparation,
    augmentsByDefault: Bool = true,
    markers: [String] = [], remedy: String? = nil, resolve: Resolution? = nil,
    isResolved: Bool = false, location: DatasetLocation? = nil,
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
    self.augmentsByDefault = augmentsByDefault && preparation.augmentation != .none
    self.markers = markers
    self.remedy = remedy
    self.resolve = resolve
    self.isResolved = isResolved
    self.location = location
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

  /// The same set, which these arguments vary; `configure` gets a choice whose keys are among theirs.
  public func varied(
    by arguments: [ArgumentDescription],
    _ configure: @escaping @Sendable (NamedChoice) throws -> DatasetDescriptor
  ) -> DatasetDescriptor {
    var result = self
    (result.arguments, result.configure) = (arguments, configure)
    return result
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
    try refuse(directory: directory)
    let directory = markers.isEmpty ? nil : try search.directory(of: self, explicit: directory)
    do {
      return try read(split, directory ?? "")
    } catch var error as DataError where error.remedy == remedy {
      error.remedy = advice(directory: directory)
      throw error
    }
  }

  /// Throws `DataError(.badConfiguration)` for a directory of a set that is made.
  func refuse(directory: String?) throws {
    guard markers.isEmpty, !isOpen, !isResolved, let directory else { return }
    throw DataError(
      .badConfiguration, file: directory,
      problem: "\(title) is made from a formula, and read from no directory",
      remedy: "leave out --data")
  }

  /// The command that fetches the set; nil where it has no official place.
  package var fetchingCommand: String? { source.map { _ in "timestep data fetch \(name)" } }

  /// What helps where the files are missing or damaged: the command that fetches them, where there is one, or
  /// `remedy`.
  ///
  /// - Parameter directory: where the files are looked for; nil for the place that is fetched to by default.
  func advice(directory: String?) -> String? {
    guard let fetchingCommand else { return remedy }
    // What cannot be written to is left as it is; the default place is looked at before the system's.
    let place = directory.flatMap { FileStatus.canHoldFiles($0) ? $0 : nil }
    let target = place.map { " --to \($0.contains(" ") ? "'\($0)'" : $0)" } ?? ""
    return ["run '\(fetchingCommand)\(target)'", remedy].compactMap { $0 }
      .joined(separator: ", or ")
  }

  /// The set that `directory`, or where `search` finds it, holds: its shape, classes and counts.
  ///
  /// A set whose shape is fixed is returned as it is. Throws `DataError`: `.badConfiguration` for options that such a
  /// set does not have, and what reading the directory throws.
  public func resolved(
    directory: String? = nil, options: ReadingOptions = ReadingOptions(),
    search: DatasetSearch = DatasetSearch()
  ) throws -> DatasetDescriptor {
    if let resolve {
      return try resolve({ try search.directory(of: self, explicit: directory) }, options)
    }
    for (isSet, option, what) in [
      (options.imageSize != nil, "--image-size", "an image size to choose"),
      (options.skipsCorruptFiles, "--skip-corrupt", "files that could be passed over"),
      (options.classNames != nil, "class-names", "classes of one's own"),
    ] where isSet {
      throw DataError(
        .badConfiguration, problem: "\(option): \(name) does not have \(what)",
        remedy: "leave the option out, or choose the data set \(DatasetCatalog.imageFolder.name)")
    }
    return self
  }
}
