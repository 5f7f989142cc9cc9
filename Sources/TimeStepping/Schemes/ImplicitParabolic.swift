import ComplexModule
import RealModule

/// Backward Euler for a linear field, `u_{l+1} = (I - h J)^{-1} u_l`, as for u' = J u with
/// `J = -K^T K`.
///
/// It takes the field for linear and asks for nothing but the solve, so it approximates u' = f(u)
/// only where f(u, t) = A(t) u. Its inverse `u_l = u_{l+1} - h J u_{l+1}` runs a diffusion
/// backwards, which multiplies the errors of stiff components by 1 + h |lambda| in each step: it is
/// not declared reversible.
///
/// Source: lecture "Residual Neural Networks"; Meganet, `implicitTimeStep`.
public struct ImplicitParabolic: OneStepScheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  public var name: String { "implicit-parabolic" }
  public var title: String { "implicit parabolic step (backward Euler, linear)" }
  public var updateEquation: String { "u+ = (I - h J)^{-1} u" }
  public var source: String { "Meganet, implicitTimeStep" }
  public var order: Int? { 1 }
  public var consistentFor: FieldClass { .linear }
  /// The solve, with the weights of the end of the step.
  public var evaluations: [StepEvaluation] { [StepEvaluation(node: 1)] }
  public var requirements: Set<FieldCapability> { [.linearizedSolve] }
  /// Infinite: 1 / (1 + x) < 1.
  public var realStabilityLimit: Double { .infinity }
  /// Infinite: |1 / (1 - iy)| < 1.
  public var imaginaryStabilityLimit: Double { .infinity }

  /// Returns `(I - h J)^{-1} u`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    let end = start.moved(node: 1, size: h)
    return try field.vanishes(at: end)
      ? u : field.solvingLinearized(u, factor: h, around: u, at: end)
  }

  /// Returns `R(z) = 1 / (1 - z)`.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> { 1 / (1 - z) }
}
