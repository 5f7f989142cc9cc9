import TimeStepping

/// All methods by name; a new one is one file and one line here.
public enum MinimizerCatalog {
  /// The methods in the order of the documentation.
  public static let all: [any Minimizer] = [
    SteepestDescent(),
    NonlinearConjugateGradients(),
    BFGS(),
    LBFGS(),
    GaussNewton(),
  ]

  /// The method that a text such as `l-bfgs` or `l-bfgs:memory=20,line-search=armijo` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func minimizer(named text: String) throws -> any Minimizer {
    let choice = try NamedChoice("minimizer", text)
    guard let minimizer = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "minimizer", name: choice.name, known: all.map(\.name))
    }
    try choice.check(minimizer.arguments)
    return try minimizer.configured(choice)
  }
}
