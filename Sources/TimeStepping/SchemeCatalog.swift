/// Every scheme that can be chosen by name. A new scheme is one file and one line here.
public enum SchemeCatalog {
  /// The schemes, in the order in which they are listed to the user.
  public static let all: [any Scheme] = [
    ForwardEuler(),
    PostActivatedEuler(),
    PlainNetwork(),
    RungeKutta.heun,
    RungeKutta.rk3,
    RungeKutta.rk4,
    LinearMultistep(),
    Midpoint(),
    SecondOrderLeapfrog.verlet,
    SecondOrderLeapfrog.leapfrog,
    AdamsBashforth2(),
    DenseMultistep(),
    PolyNet.poly2,
    PolyNet.poly3,
    PolyNet.mpoly2,
    PolyNet.twoWay,
    FractalBlock(),
    FractalExpansion(),
    SymplecticEuler.rev,
    SymplecticEuler.hamiltonian,
    SymplecticEuler.hamiltonian2,
    BackwardEuler(),
    LinearlyImplicit(),
    DiffusionImplicit(),
    ImplicitParabolic(),
  ]

  /// The names of the schemes, in the same order.
  public static var names: [String] { all.map(\.name) }

  /// Returns the scheme that a text such as `rk4` or `lm:k=-0.5` chooses.
  ///
  /// - Throws: ``UnknownNameError``, which suggests the nearest name, if there is none;
  ///   ``ArgumentError`` for arguments that the scheme does not know or that make no sense.
  public static func scheme(named text: String) throws -> any Scheme {
    let choice = try NamedChoice("scheme", text)
    guard let scheme = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "scheme", name: choice.name, known: names)
    }
    try choice.check(scheme.arguments)
    return try scheme.configured(choice)
  }
}
