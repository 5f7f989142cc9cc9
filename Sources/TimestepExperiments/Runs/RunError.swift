/// A run that cannot be set up, read or written, with what helps.
public struct RunError: Error, CustomStringConvertible, Sendable {
  /// What kind of trouble it is, so that a program can choose its exit code.
  public enum Kind: Sendable {
    case configuration, notFound, badData, unavailable, cannotCreate, inputOutput
  }
  /// The kind of trouble.
  public let kind: Kind
  /// What is wrong and what helps, in one or two lines.
  public let description: String

  /// Creates an error.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
