import TimestepTorch

/// A regular file opened for reading, byte by byte as it is stored.
///
/// Opening never waits: a directory, a pipe or a device is refused.
final class ByteFile {
  /// The path the file was opened with.
  let path: String
  /// Size in bytes when the file was opened.
  var size: Int { file.size }
  /// How many bytes were read so far.
  private(set) var position = 0
  private let file: RegularFile

  /// Opens the file.
  ///
  /// Throws `DataError` of kind `.notFound` where there is none, `.badData` where it is not a regular
  /// file, `.ioFailure` where the system refuses.
  init(path: String, remedy: String? = nil) throws {
    self.path = path
    do { file = try RegularFile(path) } catch {
      switch error {
      case .missing:
        throw DataError(.notFound, file: path, problem: "no such file", remedy: remedy)
      case .notRegular(let isDirectory):
        throw DataError(
          .badData, file: path,
          problem:
            "is \(isDirectory ? "a directory" : "not a regular file") where a file is expected",
          remedy: remedy)
      case .unreadable(let reason):
        throw DataError(
          .ioFailure, file: path, problem: "cannot be opened: \(reason)",
          remedy: "check the permissions of the file and its directories")
      }
    }
  }

  /// Reads up to `buffer.count` bytes and returns how many; 0 at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    do {
      let count = try file.read(into: buffer)
      position += count
      return count
    } catch { throw failure(error) }
  }

  /// Goes back to the first byte.
  func rewind() throws {
    do { try file.rewind() } catch { throw failure(error) }
    position = 0
  }

  private func failure(_ reason: RegularFile.Failure) -> DataError {
    DataError(.ioFailure, file: path, offset: position, problem: "\(reason)")
  }
}
