/// Why the parameters of a stochastic rule were refused.
public enum NoiseRuleError: Error, Hashable, CustomStringConvertible {
  /// A probability is not a number from 0 to 1.
  case notProbability(Double)
  /// The step dt is not positive and finite.
  case notStep(Double)

  /// The error in words.
  public var description: String {
    switch self {
    case .notProbability(let p): "a survival probability has to be from 0 to 1, not \(p)"
    case .notStep(let dt):
      "the step dt of a stochastic rule has to be positive and finite, not \(dt)"
    }
  }

  static func check(step dt: Double) throws {
    guard dt > 0, dt.isFinite else { throw notStep(dt) }
  }

  static func check(probability p: Double) throws {
    guard (0...1).contains(p) else { throw notProbability(p) }
  }
}
