import RealModule
import TimeStepping

/// `orders`: the error of every scheme at a fixed time against the step size, and the order that its slope shows.
public struct ConvergenceOrders: Diagnostic {
  public let name = "orders"
  public let title = "observed order of convergence of every scheme of the catalog"
  public let equation =
    "|u_N - u(T)| = O(h^p),  T = N h = 2;  u' = -u (or u'' = -u, X' = Y, Y' = -X) and u' = u (1 - u)"
  public let source =
    "Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section II.3"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("scheme", standard: "all", "one scheme without arguments, or all")
  ]
  /// The schemes.
  public var schemes = SchemeCatalog.all
  /// What tables and plots call them; their names where nil.
  public var labels: [String]?
  /// Whether schemes of two steps begin with the solution at -h instead of a step of a one-step scheme.
  public var hasHistory = false
  /// The numbers of steps.
  static let steps = (3...10).map { 1 << $0 }
  /// Errors below it are rounding and do not count for the slope.
  static let floor = 1e-10

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    if let name = choice.values["scheme"], name != "all" {
      copy.schemes = [try SchemeCatalog.scheme(named: name)]
    }
    return copy
  }

  /// The slope of log(error) in log(h) between the two smallest step sizes whose errors are above rounding.
  package static func observedOrder(_ errors: [Double]) -> Double? {
    let used = Array(errors.prefix { $0 > floor })
    guard used.count >= 2 else { return nil }
    return .log2(used[used.count - 2] / used[used.count - 1])
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var orders = DiagnosticTable(
      "orders", "Orders of convergence", source: source,
      notes: [
        "Schemes that approximate no differential equation have no order and are left out.",
        "Observed: the slope between the two smallest steps whose errors are above \(Self.floor).",
      ],
      columns: [
        .text("scheme", "scheme"), .text("problem", "problem"), .integer("declared", "order"),
        .number("observed", "observed order"),
      ])
    var errors = DiagnosticTable(
      "convergence", "Errors at T = 2", source: source,
      columns: [
        .text("scheme", "scheme"), .text("problem", "problem"), .integer("steps", "steps N"),
        .number("h", "step size h"), .number("error", "largest error"),
      ])
    for (label, scheme) in zip(labels ?? schemes.map(\.name), schemes) {
      for problem in ModelProblem.all(for: scheme) {
        let found = try Self.steps.map { try problem.error(steps: $0, hasHistory: hasHistory) }
        for (steps, error) in zip(Self.steps, found) {
          try errors.append([
            .text(label), .text(problem.kind.rawValue), .integer(steps),
            .number(ModelProblem.end / Double(steps)), .number(error),
          ])
        }
        try orders.append([
          .text(label), .text(problem.kind.rawValue),
          scheme.order.map { TableValue.integer($0) } ?? .missing,
          .number(Self.observedOrder(found)),
        ])
      }
    }
    let plot = Plot(
      "convergence", "Error at T = 2 against the step size",
      subtitle: ["one panel for each scheme"],
      layers: [
        .init(
          .line(points: true), of: errors.name, x: .column("h", scale: .log),
          y: .column("error", scale: .log), color: .column("problem"))
      ], facet: Plot.Facet("scheme", columns: schemes.count == 1 ? 1 : 5), width: 180, height: 150)
    let wrong = orders.rows.filter {
      abs(($0[3].number ?? .infinity) - ($0[2].number ?? 0)) > 0.1
    }
    return DiagnosticResult(
      tables: [orders, errors], plots: [plot],
      summary: [
        "\(orders.rows.count - wrong.count) of \(orders.rows.count) observed orders within 0.1 of the declared ones"
      ])
  }
}
