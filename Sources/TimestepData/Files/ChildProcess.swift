import Foundation
import Synchronization

/// A program that is run to its end and is given no input.
package struct ChildProcess {
  /// How a program ended, and the end of what it wrote.
  package struct Ending {
    /// The exit code; 128 and the number of the signal where a signal ended it.
    package let status: Int32
    /// Whether it was asked to end.
    package let wasStopped: Bool
    /// Its standard output without space around it; nothing unless it was asked for.
    package let output: String
    /// Its standard error without space around it.
    package let errors: String

    /// The last line of its standard error that is no warning, without `error: `; nil where there is none.
    package var lastError: String? {
      let line = errors.split(separator: "\n").last { !$0.hasPrefix("warning: ") }
      return line.map { String($0.hasPrefix("error: ") ? $0.dropFirst(7) : $0) }
    }
  }

  private let process = Process()

  /// Describes a program; it does not run yet.
  ///
  /// - Parameter environment: its variables; nil for those of this process.
  package init(_ executable: URL, _ arguments: [String], environment: [String: String]? = nil) {
    process.executableURL = executable
    process.arguments = arguments
    if let environment { process.environment = environment }
    process.standardInput = FileHandle.nullDevice
  }

  /// Runs the program once, to its end.
  ///
  /// - Parameters:
  ///   - keepsOutput: whether its standard output is read.
  ///   - shouldStop: is asked often; the program is then asked to end, by SIGTERM.
  /// - Throws: the system's error where it cannot be started.
  package func run(keepsOutput: Bool = false, shouldStop: () -> Bool = { false }) throws -> Ending {
    let errors = EndOfStream()
    let output = keepsOutput ? EndOfStream() : nil
    process.standardError = errors.pipe
    if let output {
      process.standardOutput = output.pipe
    } else {
      process.standardOutput = FileHandle.nullDevice
    }
    try start()
    errors.read()
    output?.read()
    var wasStopped = false
    // Waiting in a run loop can miss the end.
    while process.isRunning {
      if !wasStopped, shouldStop() {
        process.terminate()
        wasStopped = true
      }
      usleep(5000)
    }
    let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return Ending(
      status: process.terminationStatus + signal, wasStopped: wasStopped,
      output: output?.text ?? "", errors: errors.text)
  }

  /// Starts the program with no signal blocked: threads of Dispatch block SIGTERM among others, and what they start would
  /// inherit that.
  private func start() throws {
    var (none, mask) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &mask)
    defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
    try process.run()
  }
}

/// The end of what a program writes, read while it runs so that it never waits for a reader.
private final class EndOfStream: Sendable {
  private static let limit = 1 << 20
  let pipe = Pipe()
  private let bytes = Mutex(Data())
  private let isRead = DispatchSemaphore(value: 0)

  /// Begins to read, once the program runs.
  func read() {
    Thread.detachNewThread { [self] in
      while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
        bytes.withLock { $0 = Data(($0 + data).suffix(Self.limit)) }
      }
      isRead.signal()
    }
  }

  /// What was read, without space around it, once the program has ended. What it started in its turn may hold the stream
  /// open, and is not waited for.
  var text: String {
    _ = isRead.wait(timeout: .now() + 5)
    return String(decoding: bytes.withLock { $0 }, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
