import Foundation

/// A regular file opened for reading, byte by byte as it is stored.
///
/// Opening never waits: a directory, a pipe or a device is refused.
final class ByteFile {
  /// The path the file was opened with.
  let path: String
  /// Size in bytes when the file was opened.
  let size: Int
  /// How many bytes were read so far.
  private(set) var position = 0
  private let descriptor: Int32

  /// Opens the file.
  ///
  /// Throws `DataError` of kind `.notFound` where there is none, `.badData` where it is not a regular
  /// file, `.ioFailure` where the system refuses.
  init(path: String, remedy: String? = nil) throws {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      let missing = code == ENOENT || code == ENOTDIR
      throw DataError(
        missing ? .notFound : .ioFailure, file: path,
        problem: missing ? "no such file" : "cannot be opened: \(String(cString: strerror(code)))",
        remedy: missing ? remedy : "check the permissions of the file and its directories")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw DataError(.ioFailure, file: path, problem: String(cString: strerror(code)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let what = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "not a regular file"
      throw DataError(
        .badData, file: path, problem: "is \(what) where a file is expected", remedy: remedy)
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads up to `buffer.count` bytes and returns how many; 0 at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        position += count
        return count
      }
      let code = errno
      if code == EINTR { continue }
      throw DataError(
        .ioFailure, file: path, offset: position,
        problem: "cannot be read: \(String(cString: strerror(code)))")
    }
  }

  /// Goes back to the first byte.
  func rewind() throws {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw DataError(.ioFailure, file: path, problem: String(cString: strerror(errno)))
    }
    position = 0
  }
}
