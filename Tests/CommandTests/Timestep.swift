import Foundation
import TestSupport

/// How a command ended.
struct Ending {
  /// The exit code; 128 and more for a signal.
  let status: Int32
  let output: String
  let errors: String

  /// The lines of standard output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// The built command, run as a user runs it.
enum Timestep {
  /// The root of the package.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The executable, beside the program that runs the tests.
  static let executable = program("timestep")

  /// An executable of the package by name.
  static func program(_ name: String) -> URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent(name)
  }

  /// The libtorch that the package was built with, if the environment names no other.
  private static let libtorch: String? = {
    if let named = ProcessInfo.processInfo.environment["LIBTORCH"], !named.isEmpty { return named }
    let location = package.appendingPathComponent(".libtorch/location")
    return (try? String(contentsOf: location, encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  /// A command that was started, with what it writes going to files.
  final class Running {
    let process = Process()
    private let scratch: Scratch
    private let handles: [FileHandle]

    fileprivate init(
      _ executable: URL, _ arguments: [String], in directory: URL, environment: [String: String]
    ) throws {
      let scratch = try Scratch()
      self.scratch = scratch
      handles = try ["output", "errors"].map {
        try scratch.write("", to: $0)
        return try FileHandle(forWritingTo: scratch.url.appendingPathComponent($0))
      }
      process.executableURL = executable
      process.arguments = arguments
      process.currentDirectoryURL = directory
      var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
      variables["LIBTORCH"] = Timestep.libtorch
      process.environment = variables.merging(environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      (process.standardOutput, process.standardError) = (handles[0], handles[1])
      try process.run()
    }

    /// Waits for the end; a command that has not ended after two minutes is killed.
    func finish() throws -> Ending {
      let deadline = Date().addingTimeInterval(120)
      while process.isRunning, Date() < deadline { usleep(5000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      let text = try ["output", "errors"].map {
        String(decoding: try scratch.bytes($0), as: UTF8.self)
      }
      let signalled = process.terminationReason == .uncaughtSignal
      return Ending(
        status: process.terminationStatus + (signalled ? 128 : 0), output: text[0], errors: text[1])
    }
  }

  /// Starts a command, or another executable, in a directory.
  static func start(
    _ arguments: [String], of executable: URL = executable, in scratch: Scratch,
    environment: [String: String] = [:]
  ) throws -> Running {
    try Running(executable, arguments, in: scratch.url, environment: environment)
  }

  /// Runs a command, given as one line split at spaces, in a directory.
  static func run(
    _ line: String, in scratch: Scratch, environment: [String: String] = [:]
  ) throws -> Ending {
    try start(
      line.split(separator: " ").map(String.init), in: scratch, environment: environment
    ).finish()
  }
}

/// Options of a training that takes a second.
let tiny = "resnet-8 --widths 4,4,4 --batch-size 16 --threads 2 --quiet"

/// JSON as a dictionary.
func object(_ text: some Sequence<UInt8>) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any] ?? [:]
}
