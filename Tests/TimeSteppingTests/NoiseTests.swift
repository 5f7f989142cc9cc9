import RealModule
import Testing
import TimeStepping

/// The rules of the stochastic schemes, by exact moments: nothing is drawn.
@Suite struct NoiseTests {
  @Test(
    "Stochastic depth with dt = 1 keeps a block whole or drops it", arguments: [0, 0.3, 0.5, 1])
  func stochasticDepth(p: Double) throws {
    let rule = try StochasticDepthRule(survival: p)
    #expect(rule.factor(kept: true) == 1)
    #expect(rule.factor(kept: false) == 0)
    #expect(rule.expectedFactor == p)
  }

  @Test("Mean, variance and third moment of stochastic depth's factor", arguments: [1, 0.25, 1e-3])
  func stochasticDepthMoments(dt: Double) throws {
    for p in [0.1, 0.5, 0.8] {
      let rule = try StochasticDepthRule(survival: p, dt: dt)
      func moment(_ power: Int) -> Double {
        p * .pow(rule.factor(kept: true) - rule.expectedFactor, power)
          + (1 - p) * .pow(rule.factor(kept: false) - rule.expectedFactor, power)
      }
      #expect(abs(moment(1)) < 1e-15)
      #expect(abs(moment(2) - rule.variance) < 1e-15)
      #expect(abs(moment(3) - rule.thirdMoment) < 1e-15)
      #expect((rule.thirdMoment == 0) == (p == 0.5))
    }
  }

  @Test(
    "Stochastic depth on f = X: first and second moments have weak order 1, whatever p",
    arguments: [0.3, 0.5, 0.8], [1, 2])
  func stochasticDepthLowMoments(p: Double, power: Int) throws {
    #expect(abs(try stochasticDepthOrders(p, power)[4] - 1) < 0.02)
  }

  @Test("The third moment has weak order 1 for p = 1/2, and tends to order 1/2 for p = 0.8")
  func stochasticDepthThirdMoment() throws {
    #expect(abs(try stochasticDepthOrders(0.5, 3)[4] - 1) < 0.02)
    // The values of the specification, LM-ResNet, section 3.6, for dt = 1/16 ... 1/256.
    for (found, expected) in zip(
      try stochasticDepthOrders(0.8, 3)[1...4], [0.81, 0.82, 0.81, 0.78])
    {
      #expect(abs(found - expected) < 0.005)
    }
    #expect(abs(try stochasticDepthOrders(0.8, 3)[20] - 0.5) < 0.01)
  }

  @Test("Shake-shake with dt = 1 is a convex combination, and a mean in evaluation")
  func shakeShake() throws {
    let rule = try ShakeShakeRule()
    for eta in [0, 0.2, 0.5, 1] {
      let (first, second) = rule.factors(eta)
      #expect(abs(first - eta) < 1e-15)
      #expect(abs(second - (1 - eta)) < 1e-15)
    }
    #expect(rule.expectedFactor == 0.5)
    #expect(rule.factors(0.5) == (0.5, 0.5))
  }

  @Test("Mean, variance and third moment of shake-shake's factors", arguments: [1, 0.25, 1e-3])
  func shakeShakeMoments(dt: Double) throws {
    let rule = try ShakeShakeRule(dt: dt)
    for factor in [{ rule.factors($0).0 }, { rule.factors($0).1 }] as [(Double) -> Double] {
      #expect(abs(uniformMean(factor) - rule.expectedFactor) < 1e-15)
      #expect(abs(uniformMean { .pow(factor($0) - dt / 2, 2) } - rule.variance) < 1e-15)
      #expect(abs(uniformMean { .pow(factor($0) - dt / 2, 3) }) < 1e-15)
    }
  }

  @Test("Shake-shake on f1 = -a X, f2 = -b X: moments as in the specification, of weak order 1")
  func shakeShakeOrder() throws {
    let (a, b) = (1.0, 3.0)
    func stepMoment(_ power: Int, _ dt: Double) throws -> Double {
      let rule = try ShakeShakeRule(dt: dt)
      return uniformMean { eta in
        let (first, second) = rule.factors(eta)
        return .pow(1 - a * first - b * second, power)
      }
    }
    for dt in [0.5, 0.1] {
      let mean = 1 - dt * (a + b) / 2
      #expect(abs(try stepMoment(1, dt) - mean) < 1e-15)
      #expect(abs(try stepMoment(2, dt) - (mean * mean + dt * (a - b) * (a - b) / 12)) < 1e-15)
    }
    for power in 1...4 {
      let q = Double(power)
      let exponent = -q * (a + b) / 2 + q * (q - 1) / 2 * (a - b) * (a - b) / 12
      let orders = try orders(exact: .exp(exponent)) { try stepMoment(power, $0) }
      #expect(abs(orders[9] - 1) < 0.02)
    }
  }

  @Test(
    "Increments meet the conditions of LM-ResNet, equation 5", arguments: WienerIncrement.allCases)
  func increments(increment: WienerIncrement) {
    for dt in [1, 0.01] {
      func moment(_ power: Int) -> Double {
        mean(increment) { .pow(increment.value($0, dt: dt), power) }
      }
      #expect(abs(moment(1)) < 1e-14)
      #expect(abs(moment(2) - dt) < 1e-14)
      #expect(abs(moment(3)) < 1e-14)
      #expect(abs(moment(4) - increment.fourthMoment * dt * dt) < 1e-13)
    }
  }

  @Test(
    "Euler-Maruyama and weak Euler on dX = a X dt + b X dB have weak order 1",
    arguments: WienerIncrement.allCases)
  func eulerMaruyama(increment: WienerIncrement) throws {
    let (a, b) = (-1.0, 0.7)
    for power in 1...4 {
      let q = Double(power)
      let orders = try orders(exact: .exp(q * a + q * (q - 1) / 2 * b * b)) { dt in
        let rule = try EulerMaruyama(dt: dt, increment: increment)
        var failure: (any Error)?
        let moment = mean(increment) { draw in
          do {
            return .pow(try rule.advance(1.0, drift: a, diffusion: b, draw: draw), power)
          } catch {
            failure = error
            return .nan
          }
        }
        if let failure { throw failure }
        return moment
      }
      #expect(abs(orders[9] - 1) < 0.02)
    }
    let rule = try EulerMaruyama(dt: 0.5, increment: increment)
    #expect(try rule.advance(2.0, drift: 3, diffusion: 5, draw: nil) == 3.5)
  }

  @Test("Survival falls linearly, in Huang's way and in that of the published code")
  func survival() {
    func all(_ schedule: SurvivalSchedule) -> [Double] {
      (0..<5).map { schedule.survival(block: $0, of: 5, last: 0.5) }
    }
    #expect(zip(all(.linear), [0.9, 0.8, 0.7, 0.6, 0.5]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(all(.published) == [1, 0.875, 0.75, 0.625, 0.5])
    #expect(all(.constant) == [0.5, 0.5, 0.5, 0.5, 0.5])
    for schedule in SurvivalSchedule.allCases {
      #expect(schedule.survival(block: 0, of: 1, last: 0.8) == 0.8)
      #expect(schedule.survival(block: 3, of: 4, last: 1) == 1)
    }
  }

  @Test("Parameters that make no sense", arguments: [-0.1, 1.1, .nan])
  func refused(p: Double) {
    #expect(throws: NoiseRuleError.self) { try StochasticDepthRule(survival: p) }
    for dt in [0, -1, .nan, .infinity] {
      #expect(throws: NoiseRuleError.self) { try StochasticDepthRule(survival: 0.5, dt: dt) }
      #expect(throws: NoiseRuleError.self) { try ShakeShakeRule(dt: dt) }
      #expect(throws: NoiseRuleError.self) { try EulerMaruyama(dt: dt) }
    }
    #expect(
      "\(NoiseRuleError.notProbability(2))"
        == "a survival probability has to be from 0 to 1, not 2.0")
  }

  /// Observed weak orders of E[X^q] at T = 1 for f = X and X_0 = 1.
  private func stochasticDepthOrders(_ p: Double, _ power: Int) throws -> [Double] {
    let q = Double(power)
    return try orders(exact: .exp(q * p + q * (q - 1) / 2 * p * (1 - p))) { dt in
      let rule = try StochasticDepthRule(survival: p, dt: dt)
      return p * .pow(1 + rule.factor(kept: true), power)
        + (1 - p) * .pow(1 + rule.factor(kept: false), power)
    }
  }

  /// log2 of the quotient of errors for dt = 1/8 and 1/16, 1/16 and 1/32, ..., of a moment at T = 1
  /// that each step multiplies by `stepMoment`.
  private func orders(
    exact: Double, stepMoment: (Double) throws -> Double
  ) throws -> [Double] {
    let errors = try (3...24).map { exponent in
      let steps = 1 << exponent
      return abs(.pow(try stepMoment(1 / Double(steps)), steps) - exact)
    }
    return zip(errors, errors.dropFirst()).map { .log2($0 / $1) }
  }

  /// E f(eta), eta uniform on (0, 1), by the Gauss-Legendre rule with three points: exact for
  /// polynomials of degree 5.
  private func uniformMean(_ f: (Double) -> Double) -> Double {
    let offset = 0.15.squareRoot()
    return (5 * f(0.5 - offset) + 8 * f(0.5) + 5 * f(0.5 + offset)) / 18
  }

  /// E f(draw), by Gauss-Hermite and Gauss-Legendre rules with three points and by enumeration.
  private func mean(_ increment: WienerIncrement, _ f: (Double) -> Double) -> Double {
    switch increment.draw {
    case .standardNormal: (f(-3.0.squareRoot()) + 4 * f(0) + f(3.0.squareRoot())) / 6
    case .fairCoin: (f(0) + f(1)) / 2
    case .unitUniform: uniformMean(f)
    }
  }
}
