import RealModule
import Testing
import TimeStepping

/// The order of convergence that each scheme declares, against the one that is observed.
@Suite struct ConvergenceTests {
  @Test("Observed order on u' = -u", arguments: Subject.all)
  func decay(subject: Subject) throws {
    let order = try observedOrder(
      subject.scheme, field: ClosureField { u, _ in -u }, exact: .exp(-2))
    #expect(abs(order - Double(subject.scheme.order ?? 0)) < 0.1)
  }

  @Test("Observed order on u' = sin(u) + t", arguments: Subject.all)
  func nonlinearWithTime(subject: Subject) throws {
    let f = { (u: Double, t: Double) in Double.sin(u) + t }
    let order = try observedOrder(
      subject.scheme, field: ClosureField { u, point in f(u, point.time) },
      exact: fineReference(f))
    #expect(abs(order - Double(subject.scheme.order ?? 0)) < 0.1)
  }

  /// The slope of log(error) in log(h) at time 2, from u = 1 at time 0, for the two smallest step
  /// sizes 2/N, N = 16, 32, ..., 1024, whose error is still far above rounding.
  private func observedOrder(
    _ scheme: any Scheme, field: ClosureField<Double>, exact: Double
  ) throws -> Double {
    var errors: [Double] = []
    for exponent in 4...10 {
      let grid = try TimeGrid(from: 0, to: 2, steps: 1 << exponent)
      errors.append(abs(try integrate(1, field: field, scheme: scheme, grid: grid) - exact))
      if errors[errors.count - 1] < 1e-9 { break }
    }
    try #require(errors.count >= 2)
    return .log2(errors[errors.count - 2] / errors[errors.count - 1])
  }

  /// u(2) by 8192 steps of the classical Runge-Kutta scheme, written out here so that it does not
  /// share a mistake with the module.
  private func fineReference(_ f: (Double, Double) -> Double) -> Double {
    let steps = 8192
    let h = 2 / Double(steps)
    var u = 1.0
    for step in 0..<steps {
      let t = Double(step) * h
      let k1 = f(u, t)
      let k2 = f(u + h / 2 * k1, t + h / 2)
      let k3 = f(u + h / 2 * k2, t + h / 2)
      let k4 = f(u + h * k3, t + h)
      u += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    }
    return u
  }
}
