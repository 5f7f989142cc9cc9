import Foundation

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Why a file could not be written.
  public struct WriteError: Error, CustomStringConvertible, Sendable {
    /// The file's path.
    public let file: String
    /// The step that failed and the system's reason.
    public let problem: String
    /// Whether the file or its folder could not be created at all, as opposed to a failure while writing.
    public let cannotCreate: Bool

    /// Creates an error.
    public init(file: String, problem: String, cannotCreate: Bool) {
      self.file = file
      self.problem = problem
      self.cannotCreate = cannotCreate
    }

    /// File and problem in one line.
    public var description: String { "\(file): \(problem)" }
  }

  /// Writes to a temporary name in the same folder, flushes it to disk, renames it into place, and flushes the folder.
  ///
  /// - Parameter body: is given a function that appends bytes.
  public static func write(to file: URL, _ body: ((Data) throws -> Void) throws -> Void) throws {
    let path = file.path
    // A name of its own for every call, so that two threads do not write into one file.
    let temporary = "\(path).part-\(UUID().uuidString.prefix(8))"
    do {
      try writeDurably(to: temporary, naming: path, body)
      guard FileCalls.current.rename(temporary, path) == 0 else {
        throw failure(path, "cannot be renamed into place", creating: true)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try AtomicFile.flushDirectory(file.deletingLastPathComponent().path)
  }

  /// Writes the data by ``write(to:_:)-(URL,_)``.
  public static func write(_ data: Data, to file: URL) throws {
    try write(to: file) { sink in try sink(data) }
  }
}
