/// Shake-shake with a step,
/// `X+ = X + (dt/2 + sqrt(dt) (eta - 1/2)) f_1(X) + (dt/2 - sqrt(dt) (eta - 1/2)) f_2(X)`, eta
/// uniform on (0, 1).
///
/// It is a discretisation of weak order 1 of `dX = (f_1 + f_2)/2 dt + (f_1 - f_2)/sqrt(12) dB`,
/// with one Brownian motion for the whole vector; 1/12 is the variance of eta. At dt = 1 it is
/// shake-shake, `X+ = X + eta f_1(X) + (1 - eta) f_2(X)`.
///
/// Source: X. Gastaldi, Shake-shake regularization (2017); LM-ResNet, equation 4.
public struct ShakeShakeRule: Sendable, Hashable {
  /// The step dt.
  public let dt: Double

  /// Makes the rule.
  ///
  /// - Throws: ``NoiseRuleError`` unless dt is positive and finite.
  public init(dt: Double = 1) throws {
    try NoiseRuleError.check(step: dt)
    self.dt = dt
  }

  /// Returns the factors of f_1 and f_2 in training, for an eta from 0 to 1.
  public func factors(_ eta: Double) -> (Double, Double) {
    let noise = dt.squareRoot() * (eta - 0.5)
    return (dt / 2 + noise, dt / 2 - noise)
  }

  /// The factor of each function in evaluation, its mean `dt/2`.
  public var expectedFactor: Double { dt / 2 }
  /// The variance of each factor, `dt/12`.
  public var variance: Double { dt / 12 }
}
