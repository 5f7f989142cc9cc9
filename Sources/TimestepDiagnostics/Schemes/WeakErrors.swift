import RealModule
import TimeStepping

/// `weak-error`: the error of moments of the stochastic rules against the step dt, exactly: nothing is drawn.
///
/// ```
/// E[X_N^q] = m_q(dt)^N,   m_q = E[factor^q],   N dt = 1;   error relative to E[X(1)^q]
/// ```
///
/// Stochastic depth on f = X tends to `E[X(1)^q] = exp(q p + q(q-1)/2 p(1-p))`; shake-shake on f1 = -a X, f2 = -b X, a = 1,
/// b = 3, to `exp(-q(a+b)/2 + q(q-1)/2 (a-b)^2/12)`. The third moment of stochastic depth is of weak order 1 only if
/// 1 - 2p = O(sqrt dt). Source: LM-ResNet, equations 4 and 5 (section 3).
public struct WeakErrors: Diagnostic {
  public let name = "weak-error"
  public let title = "weak error of stochastic depth and shake-shake against the step dt"
  public let equation = "|E[X_N^q] - E[X(1)^q]| / E[X(1)^q],  N dt = 1"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), section 3, equations 4 and 5"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("halvings", standard: "20", "the smallest step is 1/2^halvings")
  ]
  /// The smallest step is 1/2^halvings.
  public var halvings = 20
  /// The rules.
  public var rules = WeakRule.standard

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.halvings = try choice.integer("halvings", in: 5...24) ?? halvings
    return copy
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var errors = DiagnosticTable(
      "weak-error", "Weak errors", source: source,
      notes: [
        "Exact moments of a linear problem at T = 1 from X(0) = 1: powers of the moment of one step."
      ],
      columns: [
        .text("rule", "rule"), .text("moment", "moment"), .integer("power", "power q"),
        .number("dt", "step dt"), .number("error", "relative error of the moment"),
        .number("order", "order between this step and twice it"),
      ])
    var orders = DiagnosticTable(
      "weak-orders", "Weak orders at the smallest step", source: source,
      columns: [
        .text("rule", "rule"), .integer("power", "power q"),
        .number("order", "observed weak order"),
      ])
    for rule in rules {
      for power in 1...3 {
        var last: (error: Double, order: Double?)?
        for exponent in 3...halvings {
          let dt = Double.exp2(-Double(exponent))
          let error = try rule.error(power: power, dt: dt)
          let order = last.map { Double.log2($0.error / error) }
          try errors.append([
            .text(rule.title), .text("E[X^\(power)]"), .integer(power), .number(dt),
            .number(error), .number(order),
          ])
          last = (error, order)
        }
        try orders.append([.text(rule.title), .integer(power), .number(last?.order)])
      }
    }
    let plot = Plot(
      "weak-error", "Weak error of the stochastic rules",
      subtitle: ["linear problem, T = 1, exact moments; slope 1 is weak order 1"],
      layers: [
        .init(
          .line(points: true), of: errors.name, x: .column("dt", scale: .log),
          y: .column("error", scale: .log), color: .column("rule"))
      ], facet: Plot.Facet("moment", columns: 3), width: 260, height: 260)
    return DiagnosticResult(
      tables: [orders, errors], plots: [plot],
      summary: orders.rows.filter { $0[1] == 3 }.map {
        "\($0[0]), third moment: weak order \(($0[2].number ?? .nan).text)"
      })
  }
}

/// A stochastic rule with the linear problem on which its moments are known.
public struct WeakRule: Sendable, Hashable {
  /// The rule.
  enum Kind: Sendable, Hashable {
    case stochasticDepth(survival: Double)
    case shakeShake
  }

  let kind: Kind
  /// The coefficients of shake-shake's f1 = -a X, f2 = -b X.
  static let (a, b) = (1.0, 3.0)

  /// Stochastic depth with a survival probability.
  public static func stochasticDepth(survival: Double) -> WeakRule {
    WeakRule(kind: .stochasticDepth(survival: survival))
  }
  /// Shake-shake.
  public static let shakeShake = WeakRule(kind: .shakeShake)
  /// Those whose orders differ.
  public static let standard = [
    stochasticDepth(survival: 0.5), stochasticDepth(survival: 0.8), shakeShake,
  ]

  /// The largest difference of shake-shake's factors at dt = 1 from eta and 1 - eta.
  public static func identityError() throws -> Double {
    let rule = try ShakeShakeRule(dt: 1)
    return [0, 0.25, 0.5, 0.75, 1].map { eta in
      let (first, second) = rule.factors(eta)
      return max(abs(first - eta), abs(second - (1 - eta)))
    }.max() ?? .infinity
  }

  /// What it is called.
  public var title: String {
    switch kind {
    case .stochasticDepth(let p): "stochastic depth, p = \(p)"
    case .shakeShake: "shake-shake"
    }
  }

  /// E[factor^q] of the factor by which a step multiplies X.
  func stepMoment(_ q: Int, dt: Double) throws -> Double {
    switch kind {
    case .stochasticDepth(let p):
      let rule = try StochasticDepthRule(survival: p, dt: dt)
      return p * .pow(1 + rule.factor(kept: true), q) + (1 - p)
        * .pow(1 + rule.factor(kept: false), q)
    case .shakeShake:
      let rule = try ShakeShakeRule(dt: dt)
      func power(_ eta: Double) -> Double {
        let (first, second) = rule.factors(eta)
        return .pow(1 - Self.a * first - Self.b * second, q)
      }
      // Gauss and Legendre's rule with three points is exact for polynomials of degree 5.
      let offset = 0.15.squareRoot()
      return (5 * power(0.5 - offset) + 8 * power(0.5) + 5 * power(0.5 + offset)) / 18
    }
  }

  /// log E[X(1)^q] of the limit.
  func limit(_ q: Int) -> Double {
    let q = Double(q)
    switch kind {
    case .stochasticDepth(let p): return q * p + q * (q - 1) / 2 * p * (1 - p)
    case .shakeShake:
      let (a, b) = (Self.a, Self.b)
      return -q * (a + b) / 2 + q * (q - 1) / 2 * (a - b) * (a - b) / 12
    }
  }

  /// The relative error of a moment at T = 1.
  func error(power q: Int, dt: Double) throws -> Double {
    let steps = (1 / dt).rounded()
    return abs(Double.expMinusOne(steps * .log(try stepMoment(q, dt: dt)) - limit(q)))
  }
}
