import ComplexModule
import RealModule

/// Projected forward Euler, `u_{l+1} = P(u_l + h f(u_l, t_l))`: a residual network with an
/// activation P after the sum.
///
/// P is the field's ``VectorField/projected(_:)``. Order, amplification and limits are those of the
/// part before P, hence of a P that leaves the solution alone.
///
/// Source: Robust ResNet, the residual block with ReLU after the addition.
public struct PostActivatedEuler: OneStepScheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  public var name: String { "euler-post" }
  public var title: String { "projected forward Euler (post-activation)" }
  public var updateEquation: String { "u+ = P(u + h f(u))" }
  public var source: String { "K. He et al., Deep residual learning (2016); Robust ResNet" }
  public var order: Int? { 1 }
  public var projects: Bool { true }
  /// 2, where P is the identity.
  public var realStabilityLimit: Double { 2 }
  /// 0, where P is the identity.
  public var imaginaryStabilityLimit: Double { 0 }

  /// Returns `P(u + h f(u, t_l))`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try field.projected(field.stepping(from: u, along: u, at: start, size: h))
  }

  /// Returns `R(z) = 1 + z`, P being the identity.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> { 1 + z }
}
