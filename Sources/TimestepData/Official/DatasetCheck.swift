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
  /// The official files, where they are known.
  public private(set) var files: [File] = []
  /// The parts that could be read.
  public private(set) var parts: [Part] = []
  /// What is wrong, each in a sentence without a full stop that names a file where it concerns one.
  public private(set) var problems: [String] = []
  /// Whether a file is not there.
  public private(set) var isIncomplete = false

  /// At most so many unreadable examples of a part are named.
  private static let mostNamed = 20

  /// Reads every byte and every example of a set in a directory, or where it is found.
  ///
  /// What is wrong is collected. Throws `DataError(.notFound)` where no directory holds the set.
  public init(
    _ dataset: DatasetDescriptor, directory: String? = nil, search: DatasetSearch = DatasetSearch()
  ) throws {
    self.dataset = dataset.name
    // A set that was found already, such as an image folder, has no markers either.
    self.directory =
      dataset.isResolved
      ? directory
      : dataset.markers.isEmpty ? nil : try search.directory(of: dataset, explicit: directory)
    if let source = dataset.source, let directory = self.directory {
      for file in source.files { check(file, in: directory) }
    }
    for split in DatasetSplit.allCases {
      do {
        check(try dataset.load(split: split, directory: self.directory), of: dataset)
      } catch let error as DataError {
        report(error)
      }
    }
  }

  private mutating func report(_ error: DataError) {
    isIncomplete = isIncomplete || error.kind == .notFound
    // A file that could not be hashed cannot be loaded either; the advice may differ.
    let start = "\(error.file.map { "\($0): " } ?? "")\(error.problem)"
    if !problems.contains(where: { $0.hasPrefix(start) }) { problems.append(error.description) }
  }

  private mutating func check(_ file: DatasetSource.File, in directory: String) {
    guard let path = file.found(in: directory) else {
      files.append(File(path: "\(directory)/\(file.path)", state: .missing))
      return  // The reader says what is missing, and whether that is an error.
    }
    do {
      let isOfficial = try SHA256.ofContents(of: path) == file.sha256
      files.append(File(path: path, state: isOfficial ? .official : .different))
      if !isOfficial {
        problems.append("\(path): the contents are not those of the official file (SHA-256)")
      }
    } catch let error as DataError {
      files.append(File(path: path, state: .unreadable))
      report(error)
    } catch {
      problems.append("\(path): \(error)")
    }
  }

  private mutating func check(_ data: any Dataset, of dataset: DatasetDescriptor) {
    let complete = data.split == .train ? dataset.counts.train : dataset.counts.test
    let labelled = data as? any ClassificationDataset
    let names = labelled?.classNames ?? []
    var counts = [Int](repeating: 0, count: names.count)
    for label in labelled?.labels ?? [] where counts.indices.contains(Int(label)) {
      counts[Int(label)] += 1
    }
    parts.append(
      Part(
        split: data.split, examples: data.count, complete: complete, classes: names,
        examplesPerClass: counts))
    if data.count != complete {
      problems.append(
        "the \(data.split.rawValue) part has \(data.count) examples, and \(complete) when complete")
    }
    for (name, count) in zip(names, counts) where count == 0 {
      problems.append("the \(data.split.rawValue) part has no example of the class '\(name)'")
    }
    readAll(data, of: dataset)
    for error in data.skipped?.errors ?? [] { report(error) }
  }

  /// Writes every example once, as an evaluation would.
  private mutating func readAll(_ data: any Dataset, of dataset: DatasetDescriptor) {
    var unreadable = 0
    let input = HostBuffer<Float>(count: data.elementCount)
    let target = HostBuffer<Float>(count: data.targetShape.reduce(1, *))
    do {
      let writer = try data.makeWriter(for: dataset.preparation(for: .test))
      for index in 0..<data.count {
        var random = RandomStream(seed: 0, purpose: .augmentation, index: index)
        do {
          try writer.write(index, to: input.elements, target: target.elements, using: &random)
        } catch let error as DataError {
          unreadable += 1
          if unreadable <= Self.mostNamed { report(error) }
        }
      }
    } catch {
      problems.append("\(error)")
    }
    if unreadable > Self.mostNamed {
      problems.append(
        "\(unreadable) examples of the \(data.split.rawValue) part cannot be read, of which "
          + "\(Self.mostNamed) are named")
    }
  }
}

extension DatasetSource.File {
  /// Where the file is in a directory: under its path or its name alone, plain or as gzip.
  func found(in directory: String) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return [path, name].flatMap { ["\(directory)/\($0)", "\(directory)/\($0).gz"] }
      .first(where: FileStatus.exists)
  }
}
