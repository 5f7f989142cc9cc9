/// Temporary.
public struct StochasticDepthRule: Sendable {
  public let survival: Double
  public let dt: Double
  public init(survival: Double, dt: Double) { (self.survival, self.dt) = (survival, dt) }
  public func factor(kept: Bool) -> Double {
    dt * survival + dt.squareRoot() * ((kept ? 1 : 0) - survival)
  }
  public var expectedFactor: Double { dt * survival }
}
