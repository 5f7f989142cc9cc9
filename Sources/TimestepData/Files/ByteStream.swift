/// The contents of a file from the first byte to the last, decompressed on the way if it is gzip.
///
/// Nothing a file says about itself makes it take memory that its contents do not fill: what is
/// stored plainly is compared with the file's size, what is compressed is taken piece by piece.
package final class ByteStream {
  /// The path the file was opened with.
  let path: String
  /// How many bytes of the contents were read so far.
  private(set) var position = 0
  private let file: ByteFile
  private let gzip: GzipDecoder?
  private let remedy: String?

  /// Opens a file, and recognises gzip by its first two bytes, 1f 8b.
  ///
  /// `remedy` is what errors advise where the file is missing or damaged. Throws what `ByteFile` throws.
  package init(path: String, remedy: String? = nil) throws {
    self.path = path
    let file = try ByteFile(path: path, remedy: remedy)
    var magic: (UInt8, UInt8) = (0, 0)
    let count = try withUnsafeMutableBytes(of: &magic) { try file.read(into: $0) }
    try file.rewind()
    self.file = file
    self.remedy = remedy
    let compressed = count == 2 && magic == (0x1f, 0x8b)
    gzip = compressed ? try GzipDecoder(file: file, remedy: remedy) : nil
  }

  /// The size of the contents, or nil where only decompression would tell.
  var contentSize: Int? { gzip == nil ? file.size : nil }

  /// The next `count` bytes; `what` names them in the error where the file ends before.
  ///
  /// Throws `DataError` of kind `.badData` for a file that is cut short or corrupt, `.ioFailure`.
  package func read(_ count: Int, _ what: String) throws -> [UInt8] {
    // Deflate makes at most 1032 bytes of one.
    let most =
      gzip == nil ? file.size - position : file.size.multipliedReportingOverflow(by: 1032).0
    guard count <= most else {
      let held = gzip == nil ? "\(max(most, 0)) are left" : "the compressed file has \(file.size)"
      throw truncated("\(what) should take \(count) bytes, but \(held)")
    }
    let bytes = try read(upTo: count)
    guard bytes.count == count else {
      throw truncated(
        "\(what) should take \(count) bytes, but the file ends after \(bytes.count)")
    }
    return bytes
  }

  /// The next `count` bytes, or as many as there are before the end of the contents.
  ///
  /// Throws `DataError` of kind `.badData` for a compressed file that is cut short or corrupt, `.ioFailure`.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(count, gzip == nil ? max(file.size - position, 0) : 1 << 22))
    let pieceSize = 1 << 18
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
    defer { piece.deallocate() }
    while bytes.count < count {
      let wanted = min(pieceSize, count - bytes.count)
      let got = try next(into: .init(rebasing: piece[..<wanted]))
      guard got > 0 else { break }
      bytes.append(contentsOf: piece[..<got])
    }
    return bytes
  }

  /// Throws `DataError(.badData)` unless everything was read.
  package func expectEnd(after what: String) throws {
    var byte: UInt8 = 0
    guard try withUnsafeMutableBytes(of: &byte, { try next(into: $0) }) == 0 else {
      throw DataError(
        .badData, file: path, offset: position - 1, problem: "more bytes follow after \(what)",
        remedy: remedy)
    }
  }

  /// An error about the contents that were read last.
  func badData(at offset: Int, _ problem: String) -> DataError {
    DataError(.badData, file: path, offset: offset, problem: problem, remedy: remedy)
  }

  private func truncated(_ problem: String) -> DataError {
    badData(at: position, "the file is cut short: \(problem)")
  }

  private func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try gzip?.read(into: buffer) ?? file.read(into: buffer)
    position += count
    return count
  }
}
