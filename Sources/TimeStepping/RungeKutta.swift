import ComplexModule
import RealModule

/// An explicit Runge-Kutta scheme: a tableau with a name.
///
/// `k_i = f(u + h sum_{j<i} a_ij k_j, t_l + c_i h)` and `u+ = u + h sum_i b_i k_i`. Stage i of step
/// l evaluates the field at node c_i. Stability polynomial and limits follow from the tableau.
public struct RungeKutta: OneStepScheme {
  /// The key in the catalog.
  public let name: String
  /// The name in the literature.
  public let title: String
  /// The update in one line of formula.
  public let updateEquation: String
  /// Where the scheme is from.
  public let source: String
  /// The order of convergence.
  public let order: Int?
  /// The coefficients.
  public let tableau: ButcherTableau
  /// R(z), computed from the tableau.
  public let stabilityPolynomial: StabilityPolynomial
  /// The largest r such that |R(z)| <= 1 on [-r, 0], computed from R.
  public let realStabilityLimit: Double
  /// The largest y such that |R(z)| <= 1 on [-iy, iy], computed from R.
  public let imaginaryStabilityLimit: Double

  /// Names a tableau.
  ///
  /// - Throws: ``ButcherTableauError/orderNotReached(declared:power:value:)`` unless R(z) agrees
  ///   with exp(z) up to z^order. That is all of order p on linear equations; on nonlinear ones the
  ///   declared order is a promise.
  public init(
    name: String, title: String, updateEquation: String, source: String, order: Int,
    tableau: ButcherTableau
  ) throws {
    self.name = name
    self.title = title
    self.updateEquation = updateEquation
    self.source = source
    self.order = order
    self.tableau = tableau
    stabilityPolynomial = tableau.stabilityPolynomial
    realStabilityLimit = stabilityPolynomial.realLimit
    imaginaryStabilityLimit = stabilityPolynomial.imaginaryLimit
    var expected = 1.0
    for power in stride(from: 1, through: order, by: 1) {
      expected /= Double(power)
      let value = stabilityPolynomial.coefficient(power)
      guard abs(value - expected) <= ButcherTableau.tolerance else {
        throw ButcherTableauError.orderNotReached(declared: order, power: power, value: value)
      }
    }
  }

  /// One evaluation for each stage, at its node c_i.
  public var evaluations: [StepEvaluation] { tableau.c.map { StepEvaluation(node: $0) } }

  /// Returns `u + h sum_i b_i k_i`.
  public func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    var slopes: [Field.State?] = []
    func increment(_ weights: [Double]) -> [(scale: Double, vector: Field.State)] {
      zip(weights, slopes).compactMap { weight, slope in
        weight == 0 ? nil : slope.map { (h * weight, $0) }
      }
    }
    for (stage, (row, node)) in zip(tableau.a, tableau.c).enumerated() {
      let point = start.moved(node: node, application: stage, size: h)
      slopes.append(
        field.vanishes(at: point) ? nil : try field(u.adding(increment(row)), at: point))
    }
    return try u.adding(increment(tableau.b))
  }

  /// Returns R(z).
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    stabilityPolynomial(z)
  }
}

extension RungeKutta {
  /// Makes a scheme of this module, whose coefficients are constants of its file: a mistake in them
  /// is ours.
  static func known(
    name: String, title: String, updateEquation: String, source: String, order: Int,
    a: [[Double]], b: [Double], c: [Double]
  ) -> RungeKutta {
    do {
      return try RungeKutta(
        name: name, title: title, updateEquation: updateEquation, source: source, order: order,
        tableau: ButcherTableau(a: a, b: b, c: c))
    } catch {
      preconditionFailure("the tableau of \(name) is wrong: \(error)")
    }
  }
}
