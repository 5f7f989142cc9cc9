/// An option of a network or a run whose value makes no sense, with the remedy.
public struct OptionError: Error, CustomStringConvertible, Sendable {
  /// The option's name as on the command line without dashes, e.g. `depth`.
  public let option: String
  /// The value as it was given.
  public let value: String
  /// Why it is refused and what would be accepted.
  public let problem: String

  /// Creates the error.
  public init(_ option: String, _ value: Any, _ problem: String) {
    self.option = option
    self.value = "\(value)"
    self.problem = problem
  }

  /// Option, value and remedy in one line.
  public var description: String { "\(option) \(value): \(problem)" }
}
