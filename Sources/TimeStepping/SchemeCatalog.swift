/// Every scheme that can be chosen by name. A new scheme is one file and one line here.
public enum SchemeCatalog {
  /// The schemes, in the order in which they are listed to the user.
  public static let all: [any Scheme] = [
    ForwardEuler(),
    RungeKutta.heun,
    RungeKutta.rk3,
    RungeKutta.rk4,
  ]

  /// The names of the schemes, in the same order.
  public static var names: [String] { all.map(\.name) }

  /// Returns the scheme with this name.
  ///
  /// - Throws: ``UnknownNameError``, which suggests the nearest name, if there is none.
  public static func scheme(named name: String) throws -> any Scheme {
    guard let scheme = all.first(where: { $0.name == name }) else {
      throw UnknownNameError(kind: "scheme", name: name, known: names)
    }
    return scheme
  }
}
