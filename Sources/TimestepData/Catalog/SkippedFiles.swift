import Synchronization

/// The files of a data set that could not be read and were passed over, each named once.
public final class SkippedFiles: Sendable {
  private let byFile = Mutex<[String: DataError]>([:])

  /// None so far.
  public init() {}

  /// Notes a file that was passed over; another error about the same file changes nothing.
  public func record(_ error: DataError) {
    byFile.withLock { files in
      let name = error.file ?? ""
      if files[name] == nil { files[name] = error }
    }
  }

  /// How many files were passed over so far.
  public var count: Int { byFile.withLock { $0.count } }

  /// Why, in the order of the files' names.
  public var errors: [DataError] {
    byFile.withLock { $0.values.sorted { ($0.file ?? "") < ($1.file ?? "") } }
  }
}
