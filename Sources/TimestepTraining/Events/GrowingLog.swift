import Foundation
import TimestepTorch

/// An observer whose file grows by a record now and then, and is cut when a training goes on.
///
/// A checkpoint notes the length that the file has; going on from it cuts the file there, so that no record is torn and
/// none stands in it twice.
public protocol GrowingLog: TrainingObserver {
  /// The file's name in the run's directory.
  var name: String { get }
  /// The bytes that were written, or kept.
  var length: Int { get }
  /// Makes sure that what was written is on disk, and gives the length in bytes.
  func flush() throws -> Int
}

/// A file to which whole records are appended, each by one call of the system: a kill loses no more than the last one.
package final class AppendedFile {
  private let url: URL
  private let descriptor: Int32
  /// The length in bytes; always the end of a record.
  package private(set) var length: Int

  /// Opens a file and cuts it.
  ///
  /// - Parameters:
  ///   - length: how long it was when the training was saved; 0 to begin.
  ///   - whole: how many of the first bytes of it are whole records.
  package init(_ url: URL, keeping length: Int, whole: (Data) -> Int) throws {
    self.url = url
    let old = length > 0 ? (try? Data(contentsOf: url)) ?? Data() : Data()
    self.length = whole(old.prefix(length))
    descriptor = FileCalls.current.open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw AtomicFile.failure(url.path, "cannot be created", creating: true)
    }
    guard cut() else {
      let error = AtomicFile.failure(url.path, "cannot be cut to \(self.length) bytes")
      close(descriptor)
      throw error
    }
  }

  /// Opens a file of lines and cuts it after the last whole one.
  package convenience init(lines url: URL, keeping length: Int) throws {
    try self.init(url, keeping: length) { bytes in
      bytes.lastIndex(of: UInt8(ascii: "\n")).map {
        bytes.distance(from: bytes.startIndex, to: $0) + 1
      } ?? 0
    }
  }

  deinit { close(descriptor) }

  /// Ends the file after the last whole record.
  private func cut() -> Bool {
    ftruncate(descriptor, off_t(length)) == 0
      && lseek(descriptor, off_t(length), SEEK_SET) == off_t(length)
  }

  /// Appends a record; after an error the file ends with the record before.
  package func append(_ record: Data) throws {
    guard FileCalls.current.writeAll(record, to: descriptor) else {
      let error = AtomicFile.failure(url.path, "cannot be written")
      _ = cut()
      throw error
    }
    length += record.count
  }

  /// Makes sure that it is on disk.
  package func flush() throws -> Int {
    guard FileCalls.current.flush(descriptor) == 0 else {
      throw AtomicFile.failure(url.path, "cannot be flushed to disk")
    }
    return length
  }
}
