import Foundation

/// Runs programs of the system.
enum Tool {
  /// Runs a program that is found on the path, to its end.
  ///
  /// Throws `DataError(.unavailable)` where it is not installed or cannot be started.
  static func run(_ program: String, _ arguments: [String]) throws -> ChildProcess.Ending {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let found = path.split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) && !FileStatus.isDirectory($0) }
    guard let found else {
      throw DataError(
        .unavailable, problem: "the program \(program) is not installed",
        remedy: "install it, on Debian by 'apt-get install \(program)'")
    }
    do {
      return try ChildProcess(URL(fileURLWithPath: found), arguments).run(keepsOutput: true)
    } catch {
      throw DataError(.unavailable, file: found, problem: "cannot be started: \(error)")
    }
  }
}
