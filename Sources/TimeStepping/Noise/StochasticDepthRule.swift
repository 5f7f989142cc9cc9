/// Stochastic depth with a step, `X+ = X + (dt p + sqrt(dt) (eta - p)) f(X)`, eta = 1 with the
/// survival probability p and 0 otherwise.
///
/// It is a weak discretisation of `dX = p f dt + sqrt(p (1 - p)) f dB`. At dt = 1 it is stochastic
/// depth, `X+ = X + eta f(X)`; at other dt a dropped block is not skipped: its factor is dt p -
/// sqrt(dt) p. First and second moments are of first weak order for every p; the noise has the
/// third moment ``thirdMoment``, so that higher moments of X are of first order only if 1 - 2p =
/// O(sqrt dt), and of order 1/2 otherwise.
///
/// Source: G. Huang et al., Deep networks with stochastic depth (2016); LM-ResNet, section 3.
public struct StochasticDepthRule: Sendable, Hashable {
  /// The survival probability p.
  public let survival: Double
  /// The step dt.
  public let dt: Double

  /// Makes the rule.
  ///
  /// - Throws: ``NoiseRuleError`` unless p is from 0 to 1 and dt positive and finite.
  public init(survival p: Double, dt: Double = 1) throws {
    try NoiseRuleError.check(probability: p)
    try NoiseRuleError.check(step: dt)
    (survival, self.dt) = (p, dt)
  }

  /// Returns the factor of f in training: `dt p + sqrt(dt) (1 - p)` if the block is kept,
  /// `dt p - sqrt(dt) p` if it is dropped.
  public func factor(kept: Bool) -> Double {
    // At dt = 1 exactly 1 and 0, so that a dropped block need not be evaluated.
    if dt == 1 { return kept ? 1 : 0 }
    return dt * survival + dt.squareRoot() * ((kept ? 1 : 0) - survival)
  }

  /// The factor of f in evaluation, its mean `dt p`.
  public var expectedFactor: Double { dt * survival }
  /// The variance of the factor, `dt p (1 - p)`.
  public var variance: Double { dt * survival * (1 - survival) }
  /// The third central moment of the factor, `dt^(3/2) p (1 - p) (1 - 2p)`.
  public var thirdMoment: Double { dt.squareRoot() * variance * (1 - 2 * survival) }
}
