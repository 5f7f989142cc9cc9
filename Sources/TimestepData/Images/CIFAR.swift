/// CIFAR-10 and CIFAR-100 in their binary versions: 32 x 32 colour images, 50,000 and 10,000 of them.
///
/// A record is one label (CIFAR-10) or two (CIFAR-100: coarse, fine), a byte each, then the red, green and blue
/// planes, each row by row from the top. A text file names the classes, one a line. Files are plain or gzip. Source:
/// A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
package struct CIFAR: Sendable {
  /// The names of the classes, where the directory has no file with them.
  let classNames: [String]
  /// The directory that the official archive unpacks to.
  let folder: String
  /// The official archive.
  private let archive: String
  /// The files of each part, in order.
  private let files: (train: [String], test: [String])
  /// Records in each file of a part.
  private let records: (train: Int, test: Int)
  /// The file with the names of the classes.
  private let namesFile: String
  /// How many labels a record begins with.
  private let labelCount: Int
  /// Which of them is taken.
  private let label: Int

  /// Ten classes, in five files and one.
  package static let cifar10 = CIFAR(
    classNames: cifar10ClassNames, folder: "cifar-10-batches-bin",
    archive: "cifar-10-binary.tar.gz",
    files: ((1...5).map { "data_batch_\($0).bin" }, ["test_batch.bin"]),
    records: (10_000, 10_000), namesFile: "batches.meta.txt", labelCount: 1, label: 0)
  /// A hundred classes, in one file a part.
  package static let cifar100 = hundred(cifar100ClassNames, "fine_label_names.txt", label: 1)
  /// The same images in the twenty classes that each join five.
  package static let cifar100Coarse = hundred(
    cifar100CoarseClassNames, "coarse_label_names.txt", label: 0)

  private static func hundred(_ names: [String], _ namesFile: String, label: Int) -> CIFAR {
    CIFAR(
      classNames: names, folder: "cifar-100-binary", archive: "cifar-100-binary.tar.gz",
      files: (["train.bin"], ["test.bin"]), records: (50_000, 10_000), namesFile: namesFile,
      labelCount: 2, label: label)
  }

  /// The files that show that a directory holds the set.
  var markers: [String] { [files.test[0], "\(folder)/\(files.test[0])"] }
  /// What to do where files are missing or damaged.
  var remedy: String {
    "unpack the official archive \(archive) and name its directory with --data DIR"
  }

  private static let planeSize = 32 * 32
  private var recordSize: Int { labelCount + 3 * Self.planeSize }

  /// Reads and checks one part from the directory, or from the folder in it that the archive unpacks to.
  ///
  /// Every file holds as many records as the official one, or `recordsPerFile`. Throws `DataError`: `.notFound`,
  /// `.ioFailure`, or `.badData` where a file holds fewer or more, or a label has no class.
  package func load(
    name: String, split: DatasetSplit, directory: String, recordsPerFile: Int? = nil
  ) throws -> ImageDataset {
    let inner = "\(directory)/\(folder)"
    let directory = FileStatus.isDirectory(inner) ? inner : directory
    let count = recordsPerFile ?? (split == .train ? records.train : records.test)
    var labels: [Int32] = []
    var pixels: [UInt8] = []
    for file in split == .train ? files.train : files.test {
      let path = "\(directory)/\(file)"
      let stream = try ByteStream(path: path, remedy: remedy)
      let size = recordSize * count
      let bytes = try stream.read(upTo: size)
      guard bytes.count == size else {
        let whole = bytes.count / recordSize
        throw stream.badData(
          at: whole * recordSize,
          bytes.isEmpty
            ? "the file is empty"
            : "the file is cut short: it holds \(whole) of \(count) records "
              + "(\(bytes.count) of \(size) bytes)")
      }
      try stream.expectEnd(after: "the \(count) records")
      try append(bytes, of: path, toLabels: &labels, pixels: &pixels)
    }
    return try ImageDataset(
      name: name, split: split, height: 32, width: 32, channels: 3,
      classNames: readClassNames(directory), labels: labels, pixels: pixels)
  }

  /// Appends whole records, with the colours of each pixel brought together.
  private func append(
    _ bytes: [UInt8], of path: String, toLabels labels: inout [Int32], pixels: inout [UInt8]
  ) throws {
    let (planeSize, recordSize) = (Self.planeSize, recordSize)
    let count = bytes.count / recordSize
    for record in 0..<count where bytes[record * recordSize + label] >= classNames.count {
      let offset = record * recordSize + label
      throw DataError(
        .badData, file: path, offset: offset,
        problem: "record \(record) has label \(bytes[offset]), and labels are 0 to "
          + "\(classNames.count - 1)",
        remedy: remedy)
    }
    labels += (0..<count).map { Int32(bytes[$0 * recordSize + label]) }
    let size = count * 3 * planeSize
    pixels += [UInt8](unsafeUninitializedCapacity: size) { target, initialized in
      bytes.withUnsafeBufferPointer { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        for record in 0..<count {
          let planes = source + record * recordSize + labelCount
          let image = target + record * 3 * planeSize
          for pixel in 0..<planeSize {
            image[3 * pixel] = planes[pixel]
            image[3 * pixel + 1] = planes[planeSize + pixel]
            image[3 * pixel + 2] = planes[2 * planeSize + pixel]
          }
        }
        initialized = size
      }
    }
  }

  /// The lines of the file with names, or the names above where there is no such file.
  private func readClassNames(_ directory: String) throws -> [String] {
    let path = "\(directory)/\(namesFile)"
    guard FileStatus.exists(path) else { return classNames }
    let stream = try ByteStream(path: path, remedy: remedy)
    let bytes = try stream.read(upTo: 1 << 14)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw stream.badData(at: 0, "the names of the classes are not UTF-8")
    }
    let names = text.split(whereSeparator: \.isNewline).map(String.init)
    guard names.count == classNames.count else {
      throw stream.badData(
        at: bytes.count, "\(names.count) lines with class names, not \(classNames.count)")
    }
    return names
  }
}
