/// A polynomial `p(x) = sum_k p_k x^k` with real coefficients, for finding where it changes its
/// sign.
struct RealPolynomial {
  /// p_0, p_1, ..., without leading zeros.
  let coefficients: [Double]

  init(_ coefficients: [Double]) {
    let degree = coefficients.lastIndex { $0 != 0 }
    self.coefficients = degree.map { Array(coefficients[...$0]) } ?? []
  }

  func callAsFunction(_ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  var derivative: RealPolynomial {
    RealPolynomial(coefficients.enumerated().dropFirst().map { Double($0) * $1 })
  }

  /// All x > 0 at which p changes its sign, ascending, to the last bit or two.
  ///
  /// Between neighbouring sign changes of the derivative, p is monotone: there is at most one in
  /// each such interval, which bisection finds. No root lies beyond Cauchy's bound.
  var positiveSignChanges: [Double] {
    guard coefficients.count > 1, let leading = coefficients.last else { return [] }
    let bound = 1 + coefficients.dropLast().reduce(0) { max($0, abs($1 / leading)) }
    let ends = [0] + derivative.positiveSignChanges.filter { $0 < bound } + [bound]
    return zip(ends, ends.dropFirst()).compactMap { lower, upper in
      (self(lower) < 0) == (self(upper) < 0) ? nil : bisect(lower, upper)
    }
  }

  private func bisect(_ lower: Double, _ upper: Double) -> Double {
    var (lower, upper) = (lower, upper)
    let negativeBelow = self(lower) < 0
    while true {
      let middle = lower + (upper - lower) / 2
      guard lower < middle, middle < upper else { return lower }
      if (self(middle) < 0) == negativeBelow { lower = middle } else { upper = middle }
    }
  }
}
