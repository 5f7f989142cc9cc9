import ComplexModule
import RealModule

/// The linearly implicit scheme, `(I - q h J) d = h f(u_l, t_l + q h)`, `u_{l+1} = u_l + d`, J the
/// Jacobian of f at u_l.
///
/// q = 0 is forward Euler, q = 1/2 the linearised trapezoidal rule with |R| = 1 on the imaginary
/// axis, q = 1 the linearised backward Euler scheme. The node q, instead of 0, is what gives q =
/// 1/2 its second order where f depends on time.
///
/// Source: lecture "Residual Neural Networks", which names semi-implicit schemes as a better option
/// without a formula; E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, section
/// IV.7 (Rosenbrock schemes with one stage).
public struct LinearlyImplicit: OneStepScheme {
  /// The implicit share q, from 0 to 1.
  public let q: Double

  /// Makes the scheme with an implicit share q from 0 to 1.
  public init(q: Double = 0.5) {
    precondition((0...1).contains(q), "q = \(q)")
    self.q = q
  }

  public var name: String { "linearly-implicit" }
  public var title: String { "linearly implicit (Rosenbrock) scheme" }
  public var updateEquation: String { "(I - q h J) d = h f(u); u+ = u + d" }
  public var source: String {
    "lecture \"Residual Neural Networks\"; Hairer and Wanner, section IV.7"
  }
  /// 2 for q = 1/2, else 1.
  public var order: Int? { q == 0.5 ? 2 : 1 }
  public var evaluations: [StepEvaluation] { [StepEvaluation(node: q)] }
  public var requirements: Set<FieldCapability> { q == 0 ? [] : [.linearizedSolve] }
  /// Infinite for q >= 1/2, else 2 / (1 - 2q).
  public var realStabilityLimit: Double { q < 0.5 ? 2 / (1 - 2 * q) : .infinity }
  /// Infinite for q >= 1/2, else 0.
  public var imaginaryStabilityLimit: Double { q < 0.5 ? 0 : .infinity }
  public var arguments: [ArgumentDescription] {
    [ArgumentDescription("q", standard: "0.5", "the implicit share, from 0 to 1")]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    LinearlyImplicit(q: try choice.number("q", in: 0...1) ?? q)
  }

  /// Returns `u + (I - q h J)^{-1} h f(u)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    let point = start.moved(node: q, size: h)
    if field.vanishes(at: point) { return u }
    var slope = try field(u, at: point)
    if q != 0 {
      slope = try field.solvingLinearized(slope, factor: q * h, around: u, at: point)
    }
    return try u.adding(slope, scaledBy: h)
  }

  /// Returns `R(z) = (1 + (1 - q) z) / (1 - q z)`.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    (1 + z.multiplied(by: 1 - q)) / (1 - z.multiplied(by: q))
  }
}
