import ComplexModule
import RealModule

/// Forward Euler stabilised by an implicit diffusion,
/// `(I + h L) u_{l+1} = u_l + h f(u_l, t_l) + h L u_l`, L symmetric and positive semi-definite.
///
/// L is added on one side and subtracted on the other, so the scheme still approximates u' = f(u),
/// to first order. It is carried out as `u_{l+1} = u_l + (I + h L)^{-1} h f(u_l)`, which is the
/// same and needs no product with L.
///
/// The declared factor and limits are those for L = 0, forward Euler's: no L belongs to the test
/// equation. ``amplificationFactor(_:stiffness:)`` and ``realStabilityLimit(stiffness:)`` give them
/// for an eigenvalue of L.
///
/// Source: lecture "Residual Neural Networks", semi-implicit schemes.
public struct DiffusionImplicit: OneStepScheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  public var name: String { "diffusion-implicit" }
  public var title: String { "diffusion-implicit (IMEX) Euler" }
  public var updateEquation: String { "(I + h L) u+ = u + h f(u) + h L u" }
  public var source: String { "lecture \"Residual Neural Networks\", semi-implicit schemes" }
  public var order: Int? { 1 }
  public var requirements: Set<FieldCapability> { [.stiffSolve] }
  /// 2, for L = 0.
  public var realStabilityLimit: Double { 2 }
  /// 0, whatever L is.
  public var imaginaryStabilityLimit: Double { 0 }

  /// Returns `u + (I + h L)^{-1} h f(u, t_l)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    if field.vanishes(at: start) { return u }
    let slope = try field.solvingStiff(field(u, at: start), factor: h, at: start)
    return try u.adding(slope, scaledBy: h)
  }

  /// Returns `R(z) = 1 + z`, that for L = 0.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> { 1 + z }

  /// Returns `R(z) = (1 + z + h L) / (1 + h L)`, where L acts as the number `stiffness / h`.
  public func amplificationFactor(
    _ z: Complex<Double>, stiffness: Double
  ) -> Complex<Double> {
    1 + z.divided(by: 1 + stiffness)
  }

  /// Returns the largest r such that |R(z)| <= 1 on all of [-r, 0], `2 (1 + h L)`.
  public func realStabilityLimit(stiffness: Double) -> Double { 2 * (1 + stiffness) }
}
