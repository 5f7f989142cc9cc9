/// The increment dW over a step dt of what stands for a Brownian motion in a stochastic scheme.
///
/// A weak scheme of order 1 may take any random number of which
/// `|E dW| + |E dW^3| + |E dW^2 - dt| <= K dt^2` (LM-ResNet, equation 5). For all three of these
/// the left side is 0.
public enum WienerIncrement: String, Sendable, Hashable, CaseIterable {
  /// Normal with mean 0 and variance dt: Euler-Maruyama, of strong order 1/2 too.
  case normal
  /// sqrt(dt) or -sqrt(dt), each with probability 1/2.
  case twoPoint = "two-point"
  /// Uniform on [-sqrt(3 dt), sqrt(3 dt)].
  case uniform

  /// What a draw has to be distributed like.
  public enum Draw: Sendable, Hashable {
    /// Normal with mean 0 and variance 1.
    case standardNormal
    /// 0 or 1, each with probability 1/2.
    case fairCoin
    /// Uniform on (0, 1).
    case unitUniform
  }

  /// What ``value(_:dt:)`` expects.
  public var draw: Draw {
    switch self {
    case .normal: .standardNormal
    case .twoPoint: .fairCoin
    case .uniform: .unitUniform
    }
  }

  /// Returns the increment for a draw from the distribution ``draw``.
  public func value(_ draw: Double, dt: Double) -> Double {
    switch self {
    case .normal: dt.squareRoot() * draw
    case .twoPoint: dt.squareRoot() * (2 * draw - 1)
    case .uniform: (3 * dt).squareRoot() * (2 * draw - 1)
    }
  }

  /// The fourth moment E dW^4 in units of dt^2, where the three differ: 3, 1 and 9/5.
  public var fourthMoment: Double {
    switch self {
    case .normal: 3
    case .twoPoint: 1
    case .uniform: 9.0 / 5
    }
  }
}
