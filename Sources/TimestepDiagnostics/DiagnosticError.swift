/// Why a diagnostic gives no result, with the remedy.
public struct DiagnosticError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind, which decides on the exit code.
  public enum Kind: Sendable, Hashable {
    /// The diagnostic does not apply to what it was given.
    case doesNotApply
    /// A file that cannot be used.
    case badData
    /// Something that is not there.
    case notFound
    /// A tool that is not installed.
    case unavailable
    /// A mistake in a diagnostic itself.
    case fault
  }

  /// The kind.
  public let kind: Kind
  /// The diagnostic, the table or the file.
  public let subject: String
  /// What is wrong, and what helps.
  public let problem: String

  /// Reports a problem.
  public init(_ kind: Kind, _ subject: String, _ problem: String) {
    self.kind = kind
    self.subject = subject
    self.problem = problem
  }

  /// Subject and problem in one line.
  public var description: String { "\(subject): \(problem)" }
}
