/// An error that says which exit code the command ends with.
public protocol ExitStatusProviding: Error {
  /// The exit code.
  var exitStatus: ExitStatus { get }
  /// What went wrong and what to do, without the prefix `error:`.
  var message: String { get }
}

/// An error of the command: an exit code and a message.
public struct CommandError: ExitStatusProviding, Equatable, CustomStringConvertible {
  /// The exit code.
  public let exitStatus: ExitStatus
  /// What went wrong and what to do, without the prefix `error:`.
  public let message: String

  /// An error that ends the command with `status` and prints `message` on standard error.
  public init(status: ExitStatus, message: String) {
    self.exitStatus = status
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
