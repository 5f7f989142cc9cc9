import ComplexModule
import RealModule

/// Backward Euler by M fixed-point iterations, `w_0 = u_l`, `w_{m+1} = u_l + h f(w_m, t_{l+1})`,
/// `u_{l+1} = w_M`.
///
/// What is declared is what the finite iteration does: `R(z) = 1 + z + ... + z^M` and the limits of
/// this polynomial. Backward Euler itself has R = 1/(1 - z) and is stable on the whole left half
/// plane, but the iteration converges to it only for |z| < 1, so large steps are as far out of
/// reach as for an explicit scheme. For the same reason it is not declared reversible: the inverse
/// `u_l = u_{l+1} - h f(u_{l+1})` of backward Euler recovers u_l to the accuracy |z|^(M+1) of the
/// iteration and not to rounding.
///
/// Source: LM-ResNet, section 2 (PolyNet as a truncated backward Euler step) and appendix A.
public struct BackwardEuler: OneStepScheme {
  /// The number M of iterations.
  public let iterations: Int
  /// R(z).
  public let stabilityPolynomial: StabilityPolynomial
  public let realStabilityLimit: Double
  public let imaginaryStabilityLimit: Double

  /// The numbers of iterations that make sense.
  public static let iterationRange = 1...50

  /// Makes the scheme; `iterations` has to lie in ``iterationRange``.
  public init(iterations: Int = 20) {
    precondition(Self.iterationRange.contains(iterations), "\(iterations) iterations")
    self.iterations = iterations
    stabilityPolynomial = StabilityPolynomial(
      coefficients: [Double](repeating: 1, count: iterations + 1))
    realStabilityLimit = stabilityPolynomial.realLimit
    imaginaryStabilityLimit = stabilityPolynomial.imaginaryLimit
  }

  public var name: String { "backward-euler" }
  public var title: String { "backward Euler by fixed-point iteration" }
  public var updateEquation: String { "u+ = w_M; w_0 = u, w_{m+1} = u + h f(w_m)" }
  public var source: String { "LM-ResNet, appendix A" }
  public var order: Int? { 1 }
  /// M applications of the same weights, those of the end of the step.
  public var evaluations: [StepEvaluation] {
    [StepEvaluation](repeating: StepEvaluation(node: 1), count: iterations)
  }
  public var arguments: [ArgumentDescription] {
    [ArgumentDescription("iterations", standard: "20", "the number M of iterations, from 1 to 50")]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    BackwardEuler(
      iterations: try choice.integer("iterations", in: Self.iterationRange) ?? iterations)
  }

  /// Returns w_M.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try (0..<iterations).reduce(u) { w, application in
      let end = start.moved(node: 1, application: application, size: h)
      return try u.adding(field.increment(w, at: end, size: h))
    }
  }

  /// Returns `1 + z + ... + z^M`.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    stabilityPolynomial(z)
  }
}
