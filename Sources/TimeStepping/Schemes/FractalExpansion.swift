import ComplexModule
import RealModule

/// FractalNet's block of C columns, `u_{l+1} = p_C(u_l)` with `p_1 = h f`,
/// `p_{c+1} = 1/2 h f + 1/2 p_c o p_c`, every f a function of its own.
///
/// It has no skip: a network of such blocks discretises no equation, though it contains paths of
/// every length 1, 2, 4, ... 2^(C-1). Its 2^C - 1 functions are branches, numbered in the order of
/// their evaluation: for C + 1 columns the single f is branch 0, the inner p_C has the next 2^C -
/// 1, the outer p_C those after.
///
/// Source: G. Larsson et al., FractalNet (2017), equation 1, with the mean as join; LM-ResNet,
/// section 2.
public struct FractalExpansion: OneStepScheme {
  /// The number C of columns.
  public let columns: Int
  /// R(z) = p_C(z): `r_1 = z`, `r_{c+1} = (z + r_c^2) / 2` on the test equation.
  public let stabilityPolynomial: StabilityPolynomial
  public let realStabilityLimit: Double
  public let imaginaryStabilityLimit: Double

  /// The numbers of columns that make sense: 6 already have 63 functions.
  public static let columnRange = 1...6

  /// Makes the block; `columns` has to lie in ``columnRange``.
  public init(columns: Int = 3) {
    precondition(Self.columnRange.contains(columns), "\(columns) columns")
    self.columns = columns
    var coefficients = [0.0, 1.0]
    for _ in 1..<columns {
      var square = [Double](repeating: 0, count: 2 * coefficients.count - 1)
      for (j, x) in coefficients.enumerated() {
        for (k, y) in coefficients.enumerated() { square[j + k] += x * y / 2 }
      }
      square[1] += 0.5
      coefficients = square
    }
    stabilityPolynomial = StabilityPolynomial(coefficients: coefficients)
    realStabilityLimit = stabilityPolynomial.realLimit
    imaginaryStabilityLimit = stabilityPolynomial.imaginaryLimit
  }

  public var name: String { "fractal" }
  public var title: String { "FractalNet block" }
  public var updateEquation: String {
    "u+ = p_C(u); p_1 = h f, p_{c+1} = 1/2 h f + 1/2 p_c(p_c), each f its own"
  }
  public var source: String { "G. Larsson et al., FractalNet (2017); LM-ResNet" }
  public var order: Int? { nil }
  /// 2^C - 1 functions, once each.
  public var evaluations: [StepEvaluation] {
    (0..<((1 << columns) - 1)).map { StepEvaluation(node: 0, branch: $0) }
  }
  public var arguments: [ArgumentDescription] {
    [ArgumentDescription("columns", standard: "3", "the number C of columns, from 1 to 6")]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    FractalExpansion(columns: try choice.integer("columns", in: Self.columnRange) ?? columns)
  }

  /// Returns p_C(u).
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    var branch = 0
    func path(_ columns: Int, _ u: Field.State) throws -> Field.State {
      let value = try field.value(u, at: start.moved(branch: branch, size: h))
      branch += 1
      guard columns > 1 else { return try value.scaled(by: h) }
      let composed = try path(columns - 1, path(columns - 1, u))
      return try Field.State.linearCombination([(h / 2, value), (0.5, composed)])
    }
    return try path(columns, u)
  }

  /// Returns R(z), every function being f.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    stabilityPolynomial(z)
  }
}
