import ComplexModule
import RealModule

/// A network without skips, `u_{l+1} = h f(u_l, t_l)`: no discretisation of anything.
///
/// Source: Procrustes; lecture "Residual Neural Networks", the multilayer perceptron (P_l = 0 in
/// `Y_{l+1} = P_l Y_l + h sigma(K_l Y_l + b_l)` of the course's code).
public struct PlainNetwork: OneStepScheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  public var name: String { "plain" }
  public var title: String { "plain network (no skip)" }
  public var updateEquation: String { "u+ = h f(u)" }
  public var source: String { "Procrustes; lecture \"Residual Neural Networks\"" }
  public var order: Int? { nil }
  /// 1: |z| <= 1.
  public var realStabilityLimit: Double { 1 }
  /// 1: |z| <= 1.
  public var imaginaryStabilityLimit: Double { 1 }

  /// Returns `h f(u, t_l)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try field.value(u, at: start).scaled(by: h)
  }

  /// Returns `R(z) = z`.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> { z }
}
