import ComplexModule
import RealModule

/// FractalNet's block of order 2, `Z = k3 u + h f_0(u, t_l)`,
/// `u_{l+1} = k1 u + k2 Z + h/2 f_1(Z, t_{l+1})`.
///
/// With k1 = k2 = 1/2, k3 = 1 and one function it is Heun's scheme, identically. The two functions
/// are branches 0 and 1 at Heun's nodes 0 and 1. Other numbers: `R = (k1 + k2 k3) + (k2 + k3/2) z +
/// z^2/2`, which is first order for `s u' = f` with `1/s = k2 + 1/2` if k3 = 1 and k1 + k2 = 1, and
/// approximates no equation otherwise.
///
/// Source: G. Larsson et al., FractalNet (2017); LM-ResNet, section 2, the block written out.
public struct FractalBlock: OneStepScheme {
  /// The weight of u in the sum.
  public let k1: Double
  /// The weight of Z in the sum.
  public let k2: Double
  /// The weight of u in Z.
  public let k3: Double
  /// R(z).
  public let stabilityPolynomial: StabilityPolynomial
  public let realStabilityLimit: Double
  public let imaginaryStabilityLimit: Double

  /// Makes the block with these weights.
  public init(k1: Double = 0.5, k2: Double = 0.5, k3: Double = 1) {
    (self.k1, self.k2, self.k3) = (k1, k2, k3)
    stabilityPolynomial = StabilityPolynomial(coefficients: [k1 + k2 * k3, k2 + k3 / 2, 0.5])
    realStabilityLimit = stabilityPolynomial.realLimit
    imaginaryStabilityLimit = stabilityPolynomial.imaginaryLimit
  }

  public var name: String { "fractal-2" }
  public var title: String { "FractalNet block of order 2" }
  public var updateEquation: String { "Z = k3 u + h f0(u); u+ = k1 u + k2 Z + h/2 f1(Z)" }
  public var source: String { "G. Larsson et al., FractalNet (2017); LM-ResNet" }
  /// 2 for Heun's weights, 1 for others with k3 = 1 and k1 + k2 = 1, none otherwise.
  public var order: Int? {
    guard k3 == 1, abs(k1 + k2 - 1) <= 1e-12, k2 != -0.5 else { return nil }
    return abs(k2 - 0.5) <= 1e-12 ? 2 : 1
  }
  /// `1 / (k2 + k3/2)`.
  public var timeScale: Double { 1 / (k2 + k3 / 2) }
  public var evaluations: [StepEvaluation] {
    [StepEvaluation(node: 0, branch: 0), StepEvaluation(node: 1, branch: 1)]
  }
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("k1", standard: "0.5", "the weight of the state in the sum"),
      ArgumentDescription("k2", standard: "0.5", "the weight of the intermediate state Z"),
      ArgumentDescription("k3", standard: "1", "the weight of the state in Z"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    FractalBlock(
      k1: try choice.number("k1") ?? k1, k2: try choice.number("k2") ?? k2,
      k3: try choice.number("k3") ?? k3)
  }

  /// Returns `k1 u + k2 Z + h/2 f_1(Z)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    let slope = try field.increment(u, at: start, size: h)
    let intermediate = try Field.State.linearCombination([(k3, u)] + slope)
    let last = start.moved(node: 1, branch: 1, size: h)
    return try Field.State.linearCombination(
      [(k1, u), (k2, intermediate)] + field.increment(intermediate, at: last, size: h / 2))
  }

  /// Returns R(z), both functions being f.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    stabilityPolynomial(z)
  }
}
