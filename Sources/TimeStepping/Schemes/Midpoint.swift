import ComplexModule
import RealModule

/// The midpoint scheme, `u_{l+1} = u_{l-1} + 2h f(u_l, t_l)`, started with a forward Euler step.
///
/// It is stable without any damping on [-i, i], and nowhere on the negative real axis: the second
/// root of `x^2 = 2z x + 1` grows there.
///
/// Source: B. Chang et al., Reversible architectures for arbitrarily deep residual neural networks
/// (2018), MidPoint network; LM-ResNet, case k = 1, there with f for 2h f.
public struct Midpoint: TwoStepScheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  public var name: String { "midpoint" }
  public var title: String { "midpoint (leapfrog of first order equations)" }
  public var updateEquation: String { "u_{l+1} = u_{l-1} + 2h f(u_l)" }
  public var source: String { "B. Chang et al., Reversible architectures (2018); LM-ResNet, k = 1" }
  /// 2: the start's error is O(h^2), once.
  public var order: Int? { 2 }
  /// 0: a root of `x^2 = 2z x + 1` is larger than 1 for every z < 0.
  public var realStabilityLimit: Double { 0 }
  /// 1: both roots have modulus 1 up to there.
  public var imaginaryStabilityLimit: Double { 1 }

  /// Returns `u_{l-1} + 2h f(u_l)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, previous: Field.State, at point: EvaluationPoint, size h: Double,
    field: Field
  ) throws -> Field.State {
    try field.stepping(from: previous, along: u, at: point, size: 2 * h)
  }

  /// Returns `u_{l-1} = u_{l+1} - 2h f(u_l)`.
  public func retreat<Field: VectorField>(
    _ u: Field.State, next: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try next.adding(field.increment(u, at: point, size: -2 * h))
  }

  /// Returns p = 2z and q = 1.
  public func recurrence(_ z: Complex<Double>) -> (p: Complex<Double>, q: Complex<Double>) {
    (z.multiplied(by: 2), 1)
  }
}
