/// The coefficients of an explicit Runge-Kutta scheme with s stages.
///
/// `k_i = f(u + h sum_{j<i} a_ij k_j, t_l + c_i h)` and `u+ = u + h sum_i b_i k_i`.
///
/// Source: J. C. Butcher, Numerical Methods for Ordinary Differential Equations, section 23; E.
/// Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, definition II.1.1.
public struct ButcherTableau: Sendable, Hashable {
  /// The stage matrix `[s, s]`, row by row, strictly lower triangular.
  public let a: [[Double]]
  /// The weights `[s]` of the slopes, with sum 1.
  public let b: [Double]
  /// The nodes `[s]` in units of the step, each the sum of its row of `a`.
  public let c: [Double]

  /// The number s of stages.
  public var stages: Int { b.count }

  /// How far a sum of coefficients may be from what it has to be.
  static let tolerance = 1e-12

  /// Makes a tableau of coefficients that belong together.
  ///
  /// - Throws: ``ButcherTableauError`` unless the shapes fit, every coefficient is finite, `a` is
  ///   strictly lower triangular (the scheme is explicit), `sum_j a_ij = c_i` and `sum_i b_i = 1`,
  ///   both to 1e-12.
  public init(a: [[Double]], b: [Double], c: [Double]) throws {
    (self.a, self.b, self.c) = (a, b, c)
    guard !b.isEmpty else { throw ButcherTableauError.noStages }
    guard c.count == stages, a.count == stages, a.allSatisfy({ $0.count == b.count }) else {
      throw ButcherTableauError.shapes(rows: a.map(\.count), weights: b.count, nodes: c.count)
    }
    guard (a.joined() + b + c).allSatisfy(\.isFinite) else { throw ButcherTableauError.notFinite }
    for row in 0..<stages {
      for column in row..<stages where a[row][column] != 0 {
        throw ButcherTableauError.notExplicit(row: row, column: column, value: a[row][column])
      }
      let sum = a[row].reduce(0, +)
      guard abs(sum - c[row]) <= Self.tolerance else {
        throw ButcherTableauError.rowSum(row: row, sum: sum, node: c[row])
      }
    }
    let sum = b.reduce(0, +)
    guard abs(sum - 1) <= Self.tolerance else { throw ButcherTableauError.inconsistent(sum: sum) }
  }

  /// The stability polynomial `R(z) = 1 + z b^T (I - z A)^{-1} 1 = 1 + sum_k (b^T A^k 1) z^{k+1}`.
  ///
  /// A is nilpotent, so the series ends: `A^k 1` is found by repeated multiplication.
  public var stabilityPolynomial: StabilityPolynomial {
    var coefficients = [1.0]
    var vector = [Double](repeating: 1, count: stages)
    for _ in 0..<stages {
      coefficients.append(dot(b, vector))
      vector = a.map { dot($0, vector) }
    }
    return StabilityPolynomial(coefficients: coefficients)
  }
}

/// Why a tableau of coefficients, or a scheme made of it, was refused.
public enum ButcherTableauError: Error, Hashable, CustomStringConvertible {
  /// There are no weights b, hence no stages.
  case noStages
  /// The numbers of entries in the rows of a, in b and in c are not all the number of stages.
  case shapes(rows: [Int], weights: Int, nodes: Int)
  /// A coefficient is infinite or not a number.
  case notFinite
  /// A stage would need itself or a later one.
  case notExplicit(row: Int, column: Int, value: Double)
  /// A row of a does not sum to its node.
  case rowSum(row: Int, sum: Double, node: Double)
  /// The weights do not sum to 1.
  case inconsistent(sum: Double)
  /// The coefficient of z^power in R(z) is not that of exp(z), as the declared order requires.
  case orderNotReached(declared: Int, power: Int, value: Double)

  /// The error in words.
  public var description: String {
    switch self {
    case .noStages:
      "a Butcher tableau needs at least one stage"
    case .shapes(let rows, let weights, let nodes):
      "a Butcher tableau with \(weights) weights b needs \(weights) rows a of \(weights) entries "
        + "and \(weights) nodes c, but has rows of \(rows) entries and \(nodes) nodes"
    case .notFinite:
      "every coefficient of a Butcher tableau has to be finite"
    case .notExplicit(let row, let column, let value):
      "a[\(row)][\(column)] = \(value) makes the scheme implicit: "
        + "a has to be zero on and above the diagonal"
    case .rowSum(let row, let sum, let node):
      "row \(row) of a sums to \(sum), but its node c[\(row)] is \(node)"
    case .inconsistent(let sum):
      "the weights b sum to \(sum) instead of 1, so the scheme is not consistent"
    case .orderNotReached(let declared, let power, let value):
      "order \(declared) needs the coefficient of z^\(power) in R(z) to be 1/\(power)!, "
        + "but it is \(value)"
    }
  }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double {
  zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
}
