/// The place of a layer or a parameter in a network, e.g. `stages.1.steps.4.field.conv2`.
///
/// The same name stands in saved files, diagnostics and error messages.
public struct ParameterPath: Sendable, Hashable, CustomStringConvertible {
  /// The components joined by dots.
  public let description: String

  /// The network itself.
  public static let root = ParameterPath(description: "")

  private init(description: String) { self.description = description }

  /// The place called `name` inside `path`.
  public static func / (path: ParameterPath, name: String) -> ParameterPath {
    ParameterPath(description: path.description.isEmpty ? name : "\(path.description).\(name)")
  }

  /// The place with the given number inside `path`.
  public static func / (path: ParameterPath, index: Int) -> ParameterPath {
    path / String(index)
  }
}
