import Foundation

/// The system's calls by which files and directories are made durable.
///
/// Tests put others in their place, to have any of them fail:
///
/// ```swift
/// try FileCalls.$current.withValue(failing) { try AtomicFile.write(data, to: file) }
/// ```
package struct FileCalls: Sendable {
  /// `open(2)` with a mode for a new file.
  package var open: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 = {
    Foundation.open($0, $1, $2)
  }
  /// `write(2)`.
  package var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int = {
    Foundation.write($0, $1, $2)
  }
  /// `fsync(2)`.
  package var flush: @Sendable (_ file: Int32) -> Int32 = { Foundation.fsync($0) }
  /// `rename(2)`.
  package var rename: @Sendable (_ old: String, _ new: String) -> Int32 = {
    Foundation.rename($0, $1)
  }
  /// `mkdir(2)`.
  package var makeDirectory: @Sendable (_ path: String) -> Int32 = { Foundation.mkdir($0, 0o755) }

  /// The system's own.
  package init() {}

  /// Writes all of the bytes, in as many calls as it takes; false where one fails, for the reason in `errno`.
  package func writeAll(_ data: Data, to file: Int32) -> Bool {
    data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = rest.dropFirst(written)
      }
      return true
    }
  }

  /// Those in use.
  @TaskLocal package static var current = FileCalls()
}

extension AtomicFile {
  /// Writes a new file at this very path and flushes it to disk; whoever calls removes it after an error.
  ///
  /// - Parameters:
  ///   - name: the path that errors give.
  ///   - see: is shown the bytes once they are written.
  ///   - body: is given a function that appends bytes.
  package static func writeDurably(
    to path: String, naming name: String, see: @escaping (Data) -> Void = { _ in },
    _ body: ((Data) throws -> Void) throws -> Void
  ) throws {
    let calls = FileCalls.current
    let descriptor = calls.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(name, "cannot be created", creating: true) }
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    try body { data in
      guard calls.writeAll(data, to: descriptor) else { throw failure(name, "cannot be written") }
      see(data)
    }
    guard calls.flush(descriptor) == 0 else { throw failure(name, "cannot be flushed to disk") }
    isOpen = false
    guard close(descriptor) == 0 else { throw failure(name, "cannot be closed") }
  }

  /// Flushes a directory, so that the names in it survive a loss of power.
  package static func flushDirectory(_ path: String) throws {
    let calls = FileCalls.current
    let descriptor = calls.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    if descriptor < 0, errno == EACCES { return }  // A folder that may be written to but not read.
    guard descriptor >= 0 else { throw failure(path, "cannot be opened to flush it") }
    defer { close(descriptor) }
    // File systems that cannot flush a directory say EINVAL.
    guard calls.flush(descriptor) == 0 || errno == EINVAL else {
      throw failure(path, "cannot be flushed to disk")
    }
  }

  /// The error of the call that failed last.
  package static func failure(_ file: String, _ step: String, creating: Bool = false) -> WriteError
  {
    WriteError(
      file: file, problem: "\(step): \(String(cString: strerror(errno)))", cannotCreate: creating)
  }
}
