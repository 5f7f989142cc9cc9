/// One step of `dX = f dt + g dB`, `X+ = X + dt f(X) + dW g(X)`.
///
/// With normal increments it is the Euler-Maruyama scheme, of strong order 1/2 and weak order 1;
/// with any other ``WienerIncrement`` the simplified weak Euler scheme, of weak order 1. Without
/// noise, as in evaluation, it is forward Euler.
///
/// Source: P. Kloeden, E. Platen, Numerical Solution of Stochastic Differential Equations (1992),
/// sections 10.2 and 14.1; LM-ResNet, section 3.
public struct EulerMaruyama: Sendable, Hashable {
  /// The step dt.
  public let dt: Double
  /// What stands for the Brownian motion.
  public let increment: WienerIncrement

  /// Makes the rule.
  ///
  /// - Throws: ``NoiseRuleError`` unless dt is positive and finite.
  public init(dt: Double, increment: WienerIncrement = .normal) throws {
    try NoiseRuleError.check(step: dt)
    (self.dt, self.increment) = (dt, increment)
  }

  /// Returns `u + dt f + dW g`.
  ///
  /// - Parameters:
  ///   - u: The state X.
  ///   - drift: The value f(X).
  ///   - diffusion: The value g(X).
  ///   - draw: A draw from the distribution ``WienerIncrement/draw``; nil for the mean.
  public func advance<Vector: VectorSpace>(
    _ u: Vector, drift: Vector, diffusion: Vector, draw: Double?
  ) throws -> Vector {
    guard let draw else { return try u.adding(drift, scaledBy: dt) }
    return try u.adding([(dt, drift), (increment.value(draw, dt: dt), diffusion)])
  }
}
