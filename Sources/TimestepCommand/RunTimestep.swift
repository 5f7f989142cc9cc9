import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The version of Timestep.
public let timestepVersion = "0.1.0"

/// How a command ended: its exit code, and what is still to be printed.
public struct CommandOutcome: Equatable, Sendable {
  /// The exit code.
  public let status: Int32
  /// Text for standard output: that of `--help` and `--version`.
  public let output: String
  /// Text for standard error: the error message.
  public let errors: String

  /// An exit code and the text that is still to be printed.
  public init(status: Int32, output: String = "", errors: String = "") {
    self.status = status
    self.output = output
    self.errors = errors
  }
}

/// Parses `arguments` (without the program's name) and has `runtime` carry out the command.
public func commandOutcome(
  arguments: [String], runtime: some CommandRuntime
) -> CommandOutcome {
  do {
    var command = try RootCommand.parseAsRoot(arguments)
    if let command = command as? any RuntimeCommand {
      try command.run(with: runtime)
    } else {
      try command.run()
    }
    return CommandOutcome(status: ExitStatus.success.rawValue, output: "", errors: "")
  } catch let error as any ExitStatusProviding {
    return CommandOutcome(
      status: error.exitStatus.rawValue, output: "", errors: "error: \(error.message)")
  } catch {
    let exitCode = RootCommand.exitCode(for: error)
    let message = RootCommand.fullMessage(for: error)
    if exitCode.isSuccess {
      return CommandOutcome(status: ExitStatus.success.rawValue, output: message, errors: "")
    }
    if exitCode == .validationFailure {
      return CommandOutcome(status: ExitStatus.usage.rawValue, output: "", errors: message)
    }
    return CommandOutcome(
      status: ExitStatus.internalFault.rawValue, output: "", errors: "error: \(error)")
  }
}

/// The whole program: runs the command that the process's arguments name, prints how it ended and exits.
public func runTimestep(runtime: some CommandRuntime) -> Never {
  let outcome = commandOutcome(
    arguments: Array(CommandLine.arguments.dropFirst()), runtime: runtime)
  if !outcome.output.isEmpty { print(outcome.output) }
  if !outcome.errors.isEmpty { printError(outcome.errors) }
  exit(outcome.status)
}

/// Prints a line on standard error.
public func printError(_ line: String) {
  var bytes = Array((line + "\n").utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if written < 0 && errno == EINTR { continue }
    if written <= 0 { return }
    bytes = bytes.dropFirst(written)
  }
}
