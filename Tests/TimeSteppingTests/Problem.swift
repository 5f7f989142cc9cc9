import RealModule
import TimeStepping

/// An equation with a known solution, of the kind that a scheme discretises.
struct Problem: Sendable {
  typealias Function = @Sendable (Double, EvaluationPoint) -> Double

  /// The final time; the initial one is 0.
  static let end = 2.0
  /// f, of each component of the state.
  let f: Function
  /// The derivative of f by u.
  let derivative: Function

  /// The equation as a field, with an operator L that is not zero.
  var field: TestField<Double> {
    let field = TestField(f, derivative: derivative)
    field.stiffness = 1.5
    return field
  }

  /// A linear problem, and a nonlinear one that depends on time, for which the scheme's order
  /// holds.
  static func all(for scheme: any Scheme) -> [Problem] { [linear(scheme), nonlinear(scheme)] }

  /// `u' = -u`, `u'' = -u` or the oscillator.
  static func linear(_ scheme: any Scheme) -> Problem {
    switch scheme.equation {
    case .firstOrder, .secondOrder:
      Problem { u, _ in
        -u
      } derivative: { _, _ in
        -1
      }
    case .partitioned:
      Problem {
        u, point in
        point.branch == 0 ? u : -u
      } derivative: {
        _, point in
        point.branch == 0 ? 1 : -1
      }
    }
  }

  /// A problem with time in it, as nonlinear as ``Scheme/consistentFor`` allows.
  static func nonlinear(_ scheme: any Scheme) -> Problem {
    switch (scheme.equation, scheme.consistentFor) {
    case (.firstOrder, .every):
      forced
    case (.firstOrder, .zeroAtZero):
      Problem { u, point in
        .sin(u) * (1 - point.time)
      } derivative: { u, point in
        .cos(u) * (1 - point.time)
      }
    case (.firstOrder, .linear):
      Problem { u, point in
        u * (1 - point.time)
      } derivative: { _, point in
        1 - point.time
      }
    case (.secondOrder, _):
      Problem { u, point in
        point.time - .sin(u)
      } derivative: { u, _ in
        -.cos(u)
      }
    case (.partitioned, _):
      Problem {
        u, point in
        point.branch == 0 ? u + .cos(point.time) : -.sin(u)
      } derivative: { u, point in
        point.branch == 0 ? 1 : -.cos(u)
      }
    }
  }

  /// `u' = sin(u) + t`.
  static let forced = Problem { u, point in
    .sin(u) + point.time
  } derivative: { u, _ in
    .cos(u)
  }

  /// Two components; their double if the scheme splits the state.
  static func initial(_ scheme: any Scheme) -> [Double] {
    scheme.halvesState ? [1, 0.4, 0.2, -0.7] : [1, 0.4]
  }

  /// What the scheme's output should be at the final time: the solution of `s u' = f`, of `u'' = f`
  /// from rest, or of `X' = f_0(Y), Y' = f_1(X)`, where X is zero at first if the scheme does not
  /// split its state.
  ///
  /// By 1024 steps of the classical Runge-Kutta scheme, written out here so that it does not share
  /// a mistake with the module.
  func solution(for scheme: any Scheme) -> [Double] {
    let u0 = Self.initial(scheme)
    func value(_ u: [Double], _ t: Double, branch: Int = 0, divisor: Double = 1) -> [Double] {
      u.map { f($0, EvaluationPoint(step: 0, node: 0, time: t, branch: branch)) / divisor }
    }
    switch scheme.equation {
    case .firstOrder:
      return integrate(u0) { u, t in
        value(u, t, divisor: scheme.order == nil ? 1 : scheme.timeScale)
      }
    case .secondOrder:
      let end = integrate(u0 + u0.map { _ in 0 }) { u, t in
        Array(u[2...]) + value(Array(u[..<2]), t)
      }
      return Array(end[..<2])
    case .partitioned:
      let end = integrate(scheme.halvesState ? u0 : u0.map { _ in 0 } + u0) { u, t in
        value(Array(u[2...]), t, branch: 0) + value(Array(u[..<2]), t, branch: 1)
      }
      return scheme.halvesState ? end : Array(end[2...])
    }
  }

  private func integrate(
    _ u0: [Double], _ f: ([Double], Double) -> [Double]
  ) -> [Double] {
    let steps = 1024
    let h = Self.end / Double(steps)
    func moved(_ u: [Double], _ slope: [Double], _ h: Double) -> [Double] {
      zip(u, slope).map { $0 + h * $1 }
    }
    var u = u0
    for step in 0..<steps {
      let t = Double(step) * h
      let k1 = f(u, t)
      let k2 = f(moved(u, k1, h / 2), t + h / 2)
      let k3 = f(moved(u, k2, h / 2), t + h / 2)
      let k4 = f(moved(u, k3, h), t + h)
      for i in u.indices { u[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) }
    }
    return u
  }
}
