/// The work of a verification, and what it has found so far.
struct DatasetInspection {
  private let dataset: DatasetDescriptor
  private let directory: String?
  private(set) var files: [DatasetCheck.File] = []
  private(set) var parts: [DatasetCheck.Part] = []
  private(set) var unreadable: [String] = []
  private(set) var differences: [String] = []
  private(set) var isIncomplete = false

  /// At most so many unreadable examples of a part are named.
  private static let mostNamed = 20

  init(_ dataset: DatasetDescriptor, in directory: String?) {
    self.dataset = dataset
    self.directory = directory
  }

  /// Compares the official files, where they are known.
  mutating func compareFiles() {
    guard let source = dataset.source, let directory else { return }
    for file in source.files { compare(file, in: directory) }
  }

  private mutating func compare(_ file: DatasetSource.File, in directory: String) {
    guard let path = file.found(in: directory) else {
      files.append(.init(path: "\(directory)/\(file.path)", state: .missing))
      return  // The reader says what is missing, and whether that is an error.
    }
    do {
      let isOfficial = try SHA256.ofContents(of: path) == file.sha256
      files.append(.init(path: path, state: isOfficial ? .official : .different))
      if !isOfficial {
        differences.append(
          "\(path): the contents are not those of the official file (SHA-256)"
            + (dataset.advice(directory: directory).map { "; \($0)" } ?? ""))
      }
    } catch {
      files.append(.init(path: path, state: .unreadable))
      report(error)
    }
  }

  /// Reads a part and every example of it.
  mutating func read(_ split: DatasetSplit) {
    do {
      let data = try dataset.load(split: split, directory: dataset.isResolved ? nil : directory)
      count(data)
      readAll(data)
      for error in data.skipped?.errors ?? [] { report(error) }
    } catch {
      report(error)
    }
  }

  private mutating func report(_ error: any Error) {
    guard var error = error as? DataError else {
      unreadable.append("\(error)")
      return
    }
    isIncomplete = isIncomplete || error.kind == .notFound
    // A file that could not be hashed cannot be loaded either; the advice may differ.
    let start = "\(error.file.map { "\($0): " } ?? "")\(error.problem)"
    guard !unreadable.contains(where: { $0.hasPrefix(start) }) else { return }
    error.remedy = error.remedy ?? dataset.advice(directory: directory)
    unreadable.append(error.description)
  }

  private mutating func count(_ data: any Dataset) {
    let split = data.split
    let complete = split == .train ? dataset.counts.train : dataset.counts.test
    let labelled = data as? any ClassificationDataset
    let names = labelled?.classNames ?? []
    var counts = [Int](repeating: 0, count: names.count)
    for label in labelled?.labels ?? [] where counts.indices.contains(Int(label)) {
      counts[Int(label)] += 1
    }
    parts.append(
      .init(
        split: split, directory: dataset.location?.directory(of: split), examples: data.count,
        complete: complete, classes: names, examplesPerClass: counts))
    if data.count != complete {
      differences.append(
        "the \(split.rawValue) part has \(data.count) examples, and \(complete) when complete")
    }
    for (name, count) in zip(names, counts) where count == 0 {
      differences.append("the \(split.rawValue) part has no example of the class '\(name)'")
    }
  }

  /// Writes every example once, as an evaluation would.
  private mutating func readAll(_ data: any Dataset) {
    var failures = 0
    let input = HostBuffer<Float>(count: data.elementCount)
    let target = HostBuffer<Float>(count: data.targetShape.reduce(1, *))
    do {
      let writer = try data.makeWriter(for: dataset.preparation(for: .test))
      for index in 0..<data.count {
        var random = RandomStream(seed: 0, purpose: .augmentation, index: index)
        do {
          try writer.write(index, to: input.elements, target: target.elements, using: &random)
        } catch {
          failures += 1
          if failures <= Self.mostNamed { report(error) }
        }
      }
    } catch {
      report(error)
    }
    if failures > Self.mostNamed {
      unreadable.append(
        "\(failures) examples of the \(data.split.rawValue) part cannot be read, of which "
          + "\(Self.mostNamed) are named")
    }
  }
}
