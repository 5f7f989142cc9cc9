import RealModule
import TimeStepping

/// `modified-equation`: forward Euler and the linear multistep scheme against the equation they approximate and against
/// the one with an acceleration term that they approximate better.
///
/// ```
/// u_{l+1} = (1 - k) u_l + k u_{l-1} + h f(u_l):   (1 + k) u' = f(u)   up to O(h),
///                                                 (1 + k) u' + (1 - k) (h/2) u'' = f(u)   up to O(h^2)
/// ```
///
/// k = 0 is forward Euler, `u' + (h/2) u'' = f(u)`. With f(u) = lambda u both equations have solutions e^{r t}; of the
/// two roots of the second, that which tends to lambda/(1 + k) is meant. The scheme starts with its history on that
/// solution, so that its first step adds no error of its own. Source: LM-ResNet, equations 2 and 3.
public struct ModifiedEquation: Diagnostic {
  public let name = "modified-equation"
  public let title = "error of forward Euler and LM against the original and the modified equation"
  public let equation = "(1 + k) u' + (1 - k) (h/2) u'' = f(u),  f(u) = -u"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), equations 2 and 3"
  public let input = DiagnosticInput.nothing
  /// The coefficients k; 0 is forward Euler. The nearer k is to -1, the smaller is the largest h without oscillation,
  /// `(1 + k)^2 / (2 (1 - k))`.
  static let coefficients = [0.0, -0.3, -0.5, -0.7, 0.5]
  static let steps = (3...10).map { 1 << $0 }
  private static let end = 2.0
  private static let lambda = -1.0

  /// Creates the diagnostic.
  public init() {}

  /// The exponent of the solution e^{r t} of the modified equation that tends to lambda/(1 + k) with h; nil where the
  /// roots are not real.
  static func exponent(k: Double, h: Double) -> Double? {
    // a r^2 + b r - lambda = 0; in this form without cancellation for small a.
    let (a, b) = ((1 - k) * h / 2, 1 + k)
    let discriminant = b * b + 4 * a * lambda
    guard discriminant >= 0 else { return nil }
    return 2 * lambda / (b + discriminant.squareRoot())
  }

  /// The errors at T = 2 against both equations after N steps; nil where the modified one oscillates.
  static func errors(k: Double, steps: Int) throws -> (original: Double, modified: Double)? {
    let h = end / Double(steps)
    guard let r = exponent(k: k, h: h) else { return nil }
    let field = ClosureField<Double> { u, _ in lambda * u }
    func run(from rate: Double) throws -> Double {
      let scheme = LinearMultistep(k: .constant(k))
      var state = SchemeState(current: 1.0, history: [Double.exp(-rate * h)])
      for _ in 0..<steps { state = try scheme.step(state, size: h, field: field) }
      return state.current
    }
    let limit = lambda / (1 + k)
    return (abs(try run(from: limit) - .exp(limit * end)), abs(try run(from: r) - .exp(r * end)))
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var table = DiagnosticTable(
      "modified-equation", "Errors against original and modified equation", source: source,
      notes: [
        "u(0) = 1, T = 2, f(u) = -u; the history at -h is on the solution of the equation compared with.",
        "Left out where h is so large that the modified equation oscillates.",
      ],
      columns: [
        .number("k", "k"), .text("equation", "equation"), .number("h", "step size h"),
        .number("error", "error at T = 2"),
      ])
    var orders = DiagnosticTable(
      "modified-equation-orders", "Orders against both equations", source: source,
      columns: [
        .number("k", "k"), .text("equation", "equation"), .number("order", "observed order"),
      ])
    for k in Self.coefficients {
      let found = try Self.steps.compactMap { steps in
        try Self.errors(k: k, steps: steps).map { (steps, $0) }
      }
      let parts: [(String, [Double])] = [
        ("original", found.map { $0.1.original }), ("modified", found.map { $0.1.modified }),
      ]
      for (equation, errors) in parts {
        for ((steps, _), error) in zip(found, errors) {
          try table.append([
            .number(k), .text(equation), .number(Self.end / Double(steps)), .number(error),
          ])
        }
        try orders.append([
          .number(k), .text(equation), .number(ConvergenceOrders.observedOrder(errors)),
        ])
      }
    }
    let plot = Plot(
      "modified-equation", "Error against the original and the modified equation",
      subtitle: ["slope 1 and 2; k = 0 is forward Euler"],
      layers: [
        .init(
          .line(points: true), of: table.name, x: .column("h", scale: .log),
          y: .column("error", scale: .log), color: .column("k", .nominal), dash: .column("equation")
        )
      ])
    func range(_ equation: String) -> String {
      let values = orders.rows.filter { $0[1] == .text(equation) }.compactMap { $0[2].number }
      return values.range
    }
    return DiagnosticResult(
      tables: [orders, table], plots: [plot],
      summary: [
        "observed orders: \(range("original")) against the original, \(range("modified")) against the modified equation"
      ])
  }
}
