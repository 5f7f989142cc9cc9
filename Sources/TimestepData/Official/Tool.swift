import Foundation

/// Runs programs of the system.
enum Tool {
  /// How a program ended and what it wrote.
  struct Ending {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs a program that is found on the path, to its end.
  ///
  /// Throws `DataError(.unavailable)` where it is not installed or cannot be started.
  static func run(_ program: String, _ arguments: [String]) throws -> Ending {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let found = path.split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) && !FileStatus.isDirectory($0) }
    guard let found else {
      throw DataError(
        .unavailable, problem: "the program \(program) is not installed",
        remedy: "install it, on Debian by 'apt-get install \(program)'")
    }
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: found)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (output, errors)
    do {
      try process.run()
    } catch {
      throw DataError(.unavailable, file: found, problem: "cannot be started: \(error)")
    }
    // Neither of the programs that are run here writes more than a pipe holds.
    let texts = [output, errors].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    // The output has ended, and the program does in a moment; waiting in a run loop can miss it.
    while process.isRunning { usleep(500) }
    return Ending(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
