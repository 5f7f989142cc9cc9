import TimeStepping
import TimestepDiagnostics

/// `lm/order`: orders of convergence of the source's schemes.
struct SchemeOrders: Experiment {
  let id = "lm/order"
  let title = "orders of convergence of the source's schemes"
  let source = "\(LM.source), sections 2 and 3, appendix A"
  let assumptions = [
    "LM approximates (1 + k) u' = f(u); it begins with the solution at -h, so that its start adds no error of its own.",
    "PolyNet hands increments to f: it is measured on f(0) = 0.",
  ]

  /// A scheme and the order it has to show.
  private static let schemes: [(title: String, choice: String, order: Double)] = [
    ("Euler (ResNet)", "euler", 1), ("poly-2 (PolyNet)", "poly-2", 1),
    ("fractal-2 (FractalNet)", "fractal-2", 2), ("rev (RevNet)", "rev", 1), ("Heun", "heun", 2),
    ("RK4", "rk4", 4), ("LM, k = -0.3", "lm:k=-0.3", 1), ("LM, k = -0.5", "lm:k=-0.5", 1),
    ("LM, k = 0", "lm:k=0", 1), ("LM, k = 0.5", "lm:k=0.5", 1), ("LM, k = 1", "lm:k=1", 2),
    ("midpoint", "midpoint", 2), ("Verlet", "verlet", 2),
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = ConvergenceOrders()
    diagnostic.schemes = try Self.schemes.map { try SchemeCatalog.scheme(named: $0.choice) }
    diagnostic.labels = Self.schemes.map(\.title)
    diagnostic.hasHistory = true
    var figures = try diagnostic.measure(DiagnosticContext("schemes"))
    let table = figures.tables[0]
    var claims: [Claim] = []
    var near = 0
    for scheme in Self.schemes {
      let found = table.rows.filter { $0[0] == .text(scheme.title) }
      let orders = found.map { $0[3].number ?? .nan }
      let isShown = !orders.isEmpty && orders.allSatisfy { abs($0 - scheme.order) < 0.1 }
      near += isShown ? 1 : 0
      claims.append(
        Claim(
          "\(scheme.title) is of order \(Int(scheme.order))", isShown,
          zip(found, orders).map { "\($0[1]): \($1.brief)" }.joined(separator: ", ")))
    }
    figures.summary = ["\(near) of \(claims.count) schemes within 0.1 of their order"]
    return ExperimentResult(figures, claims: claims)
  }
}
