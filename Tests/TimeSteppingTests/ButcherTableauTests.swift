import Testing
import TimeStepping

/// Tableaus that are refused, and what follows from one that is not.
@Suite struct ButcherTableauTests {
  @Test("No stages")
  func empty() {
    #expect(throws: ButcherTableauError.noStages) { try ButcherTableau(a: [], b: [], c: []) }
  }

  @Test("Shapes that do not fit", arguments: [0, 1, 2])
  func shapes(which: Int) {
    let a: [[Double]] = which == 0 ? [[0, 0], [1]] : which == 1 ? [[0, 0]] : [[0, 0], [1, 0]]
    let c: [Double] = which == 2 ? [0] : [0, 1]
    let expected = ButcherTableauError.shapes(rows: a.map(\.count), weights: 2, nodes: c.count)
    #expect(throws: expected) { try ButcherTableau(a: a, b: [0.5, 0.5], c: c) }
  }

  @Test("Coefficients that are not finite", arguments: [Double.nan, .infinity])
  func notFinite(value: Double) {
    #expect(throws: ButcherTableauError.notFinite) {
      try ButcherTableau(a: [[0]], b: [value], c: [0])
    }
    #expect(throws: ButcherTableauError.notFinite) {
      try ButcherTableau(a: [[0, 0], [value, 0]], b: [0.5, 0.5], c: [0, value])
    }
  }

  @Test("An implicit scheme, on the diagonal and above it")
  func notExplicit() {
    #expect(throws: ButcherTableauError.notExplicit(row: 0, column: 0, value: 1)) {
      try ButcherTableau(a: [[1]], b: [1], c: [1])
    }
    #expect(throws: ButcherTableauError.notExplicit(row: 0, column: 1, value: -0.5)) {
      try ButcherTableau(a: [[0, -0.5], [1, 0]], b: [0.5, 0.5], c: [-0.5, 1])
    }
  }

  @Test("A row that does not sum to its node")
  func rowSum() {
    #expect(throws: ButcherTableauError.rowSum(row: 1, sum: 1, node: 0.5)) {
      try ButcherTableau(a: [[0, 0], [1, 0]], b: [0.5, 0.5], c: [0, 0.5])
    }
  }

  @Test("Weights that do not sum to 1")
  func inconsistent() {
    #expect(throws: ButcherTableauError.inconsistent(sum: 1.25)) {
      try ButcherTableau(a: [[0, 0], [1, 0]], b: [0.5, 0.75], c: [0, 1])
    }
  }

  @Test("A declared order that the coefficients do not reach")
  func orderNotReached() throws {
    let heun = RungeKutta.heun.tableau
    let expected = ButcherTableauError.orderNotReached(declared: 3, power: 3, value: 0)
    #expect(throws: expected) { try scheme(heun, order: 3) }
    #expect(try scheme(heun, order: 2).amplificationFactor(1).real == 2.5)
  }

  @Test("R(z) is 1 + z + ... + z^p / p! for the schemes with p stages")
  func stabilityPolynomials() {
    for (scheme, degree) in [(RungeKutta.heun, 2), (.rk3, 3), (.rk4, 4)] {
      let coefficients = scheme.stabilityPolynomial.coefficients
      #expect(coefficients.count == degree + 1)
      for (found, expected) in zip(coefficients, [1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24]) {
        #expect(abs(found - expected) < 1e-15)
      }
    }
  }

  @Test("A tableau of one's own, with a stage that the weights skip: Wray's scheme")
  func ownTableau() throws {
    let tableau = try ButcherTableau(
      a: [[0, 0, 0], [8.0 / 15, 0, 0], [1.0 / 4, 5.0 / 12, 0]],
      b: [1.0 / 4, 0, 3.0 / 4], c: [0, 8.0 / 15, 2.0 / 3])
    let wray = try scheme(tableau, order: 3)
    #expect(wray.nodes == [0, 8.0 / 15, 2.0 / 3])
    #expect(abs(wray.imaginaryStabilityLimit - 3.0.squareRoot()) < 1e-12)
  }

  @Test("Errors name the coefficient")
  func messages() {
    #expect(
      "\(ButcherTableauError.notExplicit(row: 0, column: 1, value: 2))"
        == "a[0][1] = 2.0 makes the scheme implicit: a has to be zero on and above the diagonal")
    #expect(
      "\(ButcherTableauError.rowSum(row: 1, sum: 1, node: 0.5))"
        == "row 1 of a sums to 1.0, but its node c[1] is 0.5")
  }

  private func scheme(_ tableau: ButcherTableau, order: Int) throws -> RungeKutta {
    try RungeKutta(
      name: "own", title: "own", updateEquation: "u+ = ...", source: "this test", order: order,
      tableau: tableau)
  }
}
