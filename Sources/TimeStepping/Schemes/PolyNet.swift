import ComplexModule
import RealModule

/// PolyNet's modules, `u_{l+1} = u_l + F(u_l) + F(F(u_l)) + ...` with F = h f: the Neumann series
/// of backward Euler's `(I - F)^{-1}`, cut off; or two functions side by side.
///
/// F(u) is an increment, and the next F is applied to it: with f(0, t) other than 0 the chained
/// modules approximate u' = f(u) + f(0) + ... instead of u' = f(u). The truncation is not A-stable.
///
/// Source: X. Zhang et al., PolyNet (2017); LM-ResNet, section 2, equation of the poly-2 block.
public struct PolyNet: OneStepScheme {
  public let name: String
  public let title: String
  public let updateEquation: String
  /// The function of each term, in their order.
  public let functions: [Int]
  /// Whether each function is applied to the term before it; to u otherwise.
  public let isChained: Bool
  /// R(z).
  public let stabilityPolynomial: StabilityPolynomial
  public let realStabilityLimit: Double
  public let imaginaryStabilityLimit: Double

  init(name: String, title: String, updateEquation: String, functions: [Int], isChained: Bool) {
    self.name = name
    self.title = title
    self.updateEquation = updateEquation
    self.functions = functions
    self.isChained = isChained
    let terms = functions.count
    stabilityPolynomial = StabilityPolynomial(
      coefficients: isChained ? [Double](repeating: 1, count: terms + 1) : [1, Double(terms)])
    realStabilityLimit = stabilityPolynomial.realLimit
    imaginaryStabilityLimit = stabilityPolynomial.imaginaryLimit
  }

  /// `u + F(u) + F(F(u))`, both with the same weights.
  public static let poly2 = PolyNet(
    name: "poly-2", title: "PolyNet poly-2, backward Euler to second order of its series",
    updateEquation: "u+ = u + F(u) + F(F(u)), F = h f", functions: [0, 0], isChained: true)

  /// `u + F(u) + F(F(u)) + F(F(F(u)))`, all with the same weights.
  public static let poly3 = PolyNet(
    name: "poly-3", title: "PolyNet poly-3, backward Euler to third order of its series",
    updateEquation: "u+ = u + F(u) + F(F(u)) + F(F(F(u))), F = h f", functions: [0, 0, 0],
    isChained: true)

  /// `u + F(u) + G(F(u))`, G with weights of its own.
  public static let mpoly2 = PolyNet(
    name: "mpoly-2", title: "PolyNet mpoly-2, poly-2 with two functions",
    updateEquation: "u+ = u + F(u) + G(F(u)), F = h f0, G = h f1", functions: [0, 1],
    isChained: true)

  /// `u + F(u) + G(u)`: forward Euler for u' = f_0(u) + f_1(u).
  public static let twoWay = PolyNet(
    name: "two-way", title: "PolyNet 2-way, forward Euler with two functions",
    updateEquation: "u+ = u + F(u) + G(u), F = h f0, G = h f1", functions: [0, 1],
    isChained: false)

  /// Whether applications of the same weights share their norms, all but the running statistics.
  public private(set) var sharesNorms = false

  /// One norm for each application of the same weights, unless shared: their arguments differ in size.
  public var wantsNormPerApplication: Bool { isChained && !sharesNorms }
  public var arguments: [ArgumentDescription] {
    guard isChained, Set(functions).count < functions.count else { return [] }
    return [
      ArgumentDescription(
        "norms", standard: "own", "each application of the same weights has its own, or shared")
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    enum Norms: String, CaseIterable { case own, shared }
    var scheme = self
    scheme.sharesNorms = try choice.option("norms", Norms.self) == .shared
    return scheme
  }

  public var source: String { "X. Zhang et al., PolyNet (2017); LM-ResNet" }
  public var order: Int? { 1 }
  /// The chained modules hand increments to f.
  public var consistentFor: FieldClass { isChained ? .zeroAtZero : .every }
  /// 1, and 1/2 for two-way: two functions that are both f add up to u' = 2 f.
  public var timeScale: Double { isChained ? 1 : 1 / Double(functions.count) }
  /// One evaluation for each term, all with the weights of the step.
  public var evaluations: [StepEvaluation] {
    functions.map { StepEvaluation(node: 0, branch: $0) }
  }

  /// Returns u and the sum of the terms.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    var sum = u
    var argument = u
    for (index, branch) in functions.enumerated() {
      let application = functions[..<index].count { $0 == branch }
      let point = start.moved(branch: branch, application: application, size: h)
      guard isChained else {
        sum = try sum.adding(field.increment(u, at: point, size: h))
        continue
      }
      argument = try field.value(argument, at: point).scaled(by: h)
      sum = try sum.adding(argument, scaledBy: 1)
    }
    return sum
  }

  /// Returns `1 + z + z^2 + ...`, and `1 + 2 z` for two-way.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    stabilityPolynomial(z)
  }
}
