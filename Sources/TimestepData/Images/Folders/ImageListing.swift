import Foundation

/// The files of one part of an image folder: `split/class/file`, in an order that every machine shares.
package struct ImageListing: Sendable {
  /// The directory of the part.
  package let directory: String
  /// Directories that could measure as well, and are not read.
  package let unused: [String]
  /// The names of the classes, in the order of their bytes.
  package let classNames: [String]
  /// The class of each file.
  package let labels: [Int32]
  /// The name of each file below the directory of its class; by class, then in the order of their bytes.
  private let names: [String]

  /// The directories of a part, the one that is looked for first.
  static func folders(_ split: DatasetSplit) -> [String] {
    split == .train ? ["train"] : ["test", "val", "validation"]
  }
  /// How deep directories may lie in that of a class.
  private static let deepest = 8

  /// Lists a part of the image folder `root`; what begins with a dot is passed over.
  ///
  /// The test part is the first of `test`, `val` and `validation` that has a directory in it, since ImageNet's `test`
  /// has images without classes. Throws `DataError`: `.notFound` where there is no such part, `.badData` where it
  /// has no classes, a class has no files or a name is not UTF-8, `.ioFailure`.
  package init(root: String, split: DatasetSplit, remedy: String) throws {
    let candidates = Self.folders(split).map { "\(root)/\($0)" }
    let present = candidates.filter(FileStatus.isDirectory)
    guard let fallback = present.first else {
      throw DataError(
        .notFound, file: candidates.first,
        problem: candidates.count == 1
          ? "there is no such directory"
          : "neither this directory nor \(Self.folders(split).dropFirst().joined(separator: ", "))"
            + " is there",
        remedy: remedy)
    }
    func classes(of directory: String) throws -> [String] {
      try Self.entries(of: directory, remedy).filter {
        FileStatus.isDirectory("\(directory)/\($0)")
      }
    }
    let labelled = try present.filter { try !classes(of: $0).isEmpty }
    let directory = labelled.first ?? fallback
    unused = present.filter { $0 != directory }
    classNames = try classes(of: directory)
    guard !classNames.isEmpty else {
      throw DataError(
        .badData, file: directory, problem: "there is no directory of a class in it",
        remedy: remedy)
    }
    var labels: [Int32] = []
    var names: [String] = []
    for (label, name) in classNames.enumerated() {
      var found: [String] = []
      try Self.append("", below: "\(directory)/\(name)", depth: 0, to: &found, remedy)
      guard !found.isEmpty else {
        throw DataError(
          .badData, file: "\(directory)/\(name)", problem: "the class has no files",
          remedy: remedy)
      }
      found.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      names += found
      labels += [Int32](repeating: Int32(label), count: found.count)
    }
    self.directory = directory
    self.labels = labels
    self.names = names
  }

  /// How many files there are.
  package var count: Int { labels.count }

  /// The path of a file.
  package func path(_ index: Int) -> String {
    "\(directory)/\(classNames[Int(labels[index])])/\(names[index])"
  }

  /// Appends the files below a directory of a class, by their paths from there.
  private static func append(
    _ prefix: String, below root: String, depth: Int, to found: inout [String], _ remedy: String
  ) throws {
    let directory = prefix.isEmpty ? root : "\(root)/\(prefix)"
    guard depth <= deepest else {
      throw DataError(
        .badData, file: directory,
        problem: "directories lie more than \(deepest) deep in that of a class", remedy: remedy)
    }
    for name in try entries(of: directory, remedy) {
      let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
      if FileStatus.isDirectory("\(root)/\(path)") {
        // Such links may go in circles.
        guard !FileStatus.isLink("\(root)/\(path)") else {
          throw DataError(
            .badData, file: "\(root)/\(path)",
            problem: "is a link to a directory in the directory of a class", remedy: remedy)
        }
        try append(path, below: root, depth: depth + 1, to: &found, remedy)
      } else {
        found.append(path)
      }
    }
  }

  /// The names in a directory in the order of their bytes.
  private static func entries(of directory: String, _ remedy: String) throws -> [String] {
    guard let stream = opendir(directory) else {
      throw DataError(
        .ioFailure, file: directory,
        problem: "cannot be listed: \(String(cString: strerror(errno)))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let bytes = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: Int(NAME_MAX) + 1) { name in
          [UInt8](UnsafeBufferPointer(start: name, count: strlen(name)))
        }
      }
      guard bytes.first != UInt8(ascii: ".") else { continue }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw DataError(
          .badData, file: "\(directory)/\(String(decoding: bytes, as: UTF8.self))",
          problem: "the name is not UTF-8", remedy: "rename it")
      }
      names.append(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
