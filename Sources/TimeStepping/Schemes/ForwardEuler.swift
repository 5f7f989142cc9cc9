import ComplexModule
import RealModule

/// Forward Euler, `u_{l+1} = u_l + h f(u_l, t_l)`: a residual network with step size h.
///
/// Source: Robust ResNet, figure 1 and its step size h on the residual branch; lecture "Residual
/// Neural Networks", forward Euler.
public struct ForwardEuler: OneStepScheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  /// `euler`.
  public var name: String { "euler" }
  /// Forward Euler.
  public var title: String { "forward Euler" }
  /// The update in one line of formula.
  public var updateEquation: String { "u+ = u + h f(u)" }
  /// Where the scheme is from.
  public var source: String { "L. Euler, Institutiones calculi integralis I (1768); Robust ResNet" }
  /// First order.
  public var order: Int? { 1 }
  /// 2: on the negative real axis |1 + z| <= 1 from -2 on.
  public var realStabilityLimit: Double { 2 }
  /// 0: |1 + iy| > 1 for every y other than 0.
  public var imaginaryStabilityLimit: Double { 0 }

  /// Returns `u + h f(u, t_l)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try field.stepping(from: u, along: u, at: start, size: h)
  }

  /// Returns `R(z) = 1 + z`.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> { 1 + z }
}
