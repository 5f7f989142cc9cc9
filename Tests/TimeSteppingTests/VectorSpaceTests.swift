import ComplexModule
import RealModule
import Testing
import TimeStepping

/// The operations of the vector spaces of this module.
@Suite struct VectorSpaceTests {
  @Test("The line") func line() throws { try check(1.5, 2, -4, expected: -2.25, -3.5) }

  @Test("The complex plane") func complexPlane() throws {
    try check(
      Complex(1.5, 0), Complex(2, 1), Complex(-4, 2), expected: Complex(-2.25, 2.125),
      Complex(-3.5, 2.75))
  }

  @Test("The plane") func plane() throws {
    try check(
      SIMD2(1.5, 0), SIMD2(2, 1), SIMD2(-4, 2), expected: SIMD2(-2.25, 2.125), SIMD2(-3.5, 2.75))
  }

  @Test("Several components") func components() throws {
    try check([1.5, 0], [2, 1], [-4, 2], expected: [-2.25, 2.125], [-3.5, 2.75])
  }

  @Test("Products, quotients and blends with a coefficient, component by component")
  func coefficients() throws {
    try checkCoefficient(3, 5, 2, product: 6, quotient: 1.5, blend: 7)
    try checkCoefficient(
      [3, -1], [5, 0], [2, 0.5], product: [6, -0.5], quotient: [1.5, -2], blend: [7, -0.5])
    try checkCoefficient(
      SIMD2(3, -1), SIMD2(5, 0), SIMD2(2, 0.5), product: SIMD2(6, -0.5), quotient: SIMD2(1.5, -2),
      blend: SIMD2(7, -0.5))
    try checkCoefficient(
      Complex(3, -1), Complex(5, -1), Complex(0, 2), product: Complex(2, 6),
      quotient: Complex(-0.5, -1.5), blend: Complex(3, 3))
    #expect(throws: VectorSpaceError.dimensionMismatch(2, 1)) {
      try [1.0, 2].multiplied(byCoefficient: [3])
    }
    #expect(throws: VectorSpaceError.dimensionMismatch(1, 2)) {
      try [1.0].divided(byCoefficient: [3, 4])
    }
  }

  @Test("A state splits into halves and is joined from them, or refuses to")
  func halves() throws {
    let (first, second) = try [1.0, 2, 3, 4].halves()
    #expect(first == [1, 2])
    #expect(second == [3, 4])
    #expect(try first.joined(with: second) == [1, 2, 3, 4])
    for odd in [[], [1.0, 2, 3]] {
      #expect(throws: VectorSpaceError.notSplittable) { try odd.halves() }
    }
    #expect(throws: VectorSpaceError.notSplittable) { try 1.0.halves() }
    #expect(throws: VectorSpaceError.notSplittable) { try 1.0.joined(with: 2) }
  }

  @Test("A combination of nothing, and components that do not match")
  func errors() {
    #expect(throws: VectorSpaceError.emptyCombination) { try Double.linearCombination([]) }
    #expect(throws: VectorSpaceError.dimensionMismatch(2, 1)) {
      try [1.0, 2].adding([3], scaledBy: 0)
    }
    #expect(throws: VectorSpaceError.dimensionMismatch(1, 2)) {
      try [1.0].adding([(1, [3]), (1, [3, 4])])
    }
    #expect(
      "\(VectorSpaceError.dimensionMismatch(2, 1))"
        == "cannot add a vector of 1 components to one of 2")
  }

  private func checkCoefficient<Vector: VectorSpace & Equatable>(
    _ u: Vector, _ other: Vector, _ k: Vector, product: Vector, quotient: Vector, blend: Vector
  ) throws {
    #expect(try u.multiplied(byCoefficient: k) == product)
    #expect(try u.divided(byCoefficient: k) == quotient)
    #expect(try u.blended(with: other, coefficient: k) == blend)
  }

  /// Checks u + 1/8 v + w (the first result), 1/2 v + 9/8 w (the second), and their parts.
  private func check<Vector: VectorSpace & Equatable>(
    _ u: Vector, _ v: Vector, _ w: Vector, expected sum: Vector, _ combination: Vector
  ) throws {
    #expect(try u.adding([(0.125, v), (1, w)]) == sum)
    #expect(try u.adding(v, scaledBy: 0.125).adding(w, scaledBy: 1) == sum)
    #expect(try u.adding([]) == u)
    #expect(try Vector.linearCombination([(0.5, v), (1.125, w)]) == combination)
    #expect(try v.scaled(by: 0.5).adding(w, scaledBy: 1.125) == combination)
  }
}
