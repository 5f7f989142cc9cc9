/// CIFAR-10 in its binary version: 32 x 32 colour images in ten classes, 50,000 and 10,000 of them.
///
/// `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin` hold records of 3,073 bytes: a label 0 to 9, then
/// the red, green and blue planes, each row by row from the top. `batches.meta.txt` names the classes, one a line.
/// Files are plain or gzip. Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
package enum CIFAR10 {
  /// The names of the classes, where the directory has no `batches.meta.txt`.
  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  /// The directory that the official archive unpacks to.
  static let folder = "cifar-10-batches-bin"
  /// The files that show that a directory holds the set.
  static let markers = ["test_batch.bin", "\(folder)/test_batch.bin"]
  /// What to do where files are missing or damaged.
  static let remedy =
    "unpack the official archive cifar-10-binary.tar.gz and name its directory with --data DIR"

  private static let planeSize = 32 * 32
  private static let recordSize = 1 + 3 * planeSize

  /// Reads and checks one part from the directory, or from its folder `cifar-10-batches-bin`.
  ///
  /// Every file holds `recordsPerFile` records. Throws `DataError`: `.notFound`, `.ioFailure`, or `.badData`
  /// where a file holds fewer or more, or a label is above 9.
  package static func load(
    split: DatasetSplit, directory: String, recordsPerFile: Int = 10_000
  ) throws -> ImageDataset {
    let inner = "\(directory)/\(folder)"
    let directory = FileStatus.isDirectory(inner) ? inner : directory
    let files = split == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
    var labels: [Int32] = []
    var pixels: [UInt8] = []
    for file in files {
      let path = "\(directory)/\(file)"
      let stream = try ByteStream(path: path, remedy: remedy)
      let size = recordSize * recordsPerFile
      let bytes = try stream.read(upTo: size)
      guard bytes.count == size else {
        let whole = bytes.count / recordSize
        throw stream.badData(
          at: whole * recordSize,
          bytes.isEmpty
            ? "the file is empty"
            : "the file is cut short: it holds \(whole) of \(recordsPerFile) records "
              + "(\(bytes.count) of \(size) bytes)")
      }
      try stream.expectEnd(after: "the \(recordsPerFile) records")
      try append(bytes, of: path, toLabels: &labels, pixels: &pixels)
    }
    return try ImageDataset(
      name: "cifar-10", split: split, height: 32, width: 32, channels: 3,
      classNames: readClassNames(directory), labels: labels, pixels: pixels)
  }

  /// Appends whole records, with the colours of each pixel brought together.
  private static func append(
    _ bytes: [UInt8], of path: String, toLabels labels: inout [Int32], pixels: inout [UInt8]
  ) throws {
    let count = bytes.count / recordSize
    for record in 0..<count where bytes[record * recordSize] >= classNames.count {
      throw DataError(
        .badData, file: path, offset: record * recordSize,
        problem: "record \(record) has label \(bytes[record * recordSize]), and labels are 0 to 9",
        remedy: remedy)
    }
    labels += (0..<count).map { Int32(bytes[$0 * recordSize]) }
    let size = count * 3 * planeSize
    pixels += [UInt8](unsafeUninitializedCapacity: size) { target, initialized in
      bytes.withUnsafeBufferPointer { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        for record in 0..<count {
          let planes = source + record * recordSize + 1
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

  /// The lines of `batches.meta.txt`, or the names above where there is no such file.
  private static func readClassNames(_ directory: String) throws -> [String] {
    let path = "\(directory)/batches.meta.txt"
    guard FileStatus.exists(path) else { return classNames }
    let stream = try ByteStream(path: path, remedy: remedy)
    let size = stream.contentSize ?? 0
    let text = String(decoding: try stream.read(min(size, 4096), "class names"), as: UTF8.self)
    let names = text.split(whereSeparator: \.isNewline).map(String.init)
    guard names.count == classNames.count else {
      throw DataError(
        .badData, file: path, problem: "\(names.count) lines with class names, not 10",
        remedy: remedy)
    }
    return names
  }
}
