import ComplexModule
import RealModule

/// The real line.
extension Double: VectorSpace {
  /// Returns `self + scale * direction`.
  public func adding(_ direction: Double, scaledBy scale: Double) -> Double {
    self + scale * direction
  }

  /// Returns `scale * self`.
  public func scaled(by scale: Double) -> Double { scale * self }

  /// Returns the product.
  public func multiplied(byCoefficient coefficient: Double) -> Double { self * coefficient }

  /// Returns the quotient.
  public func divided(byCoefficient coefficient: Double) -> Double { self / coefficient }
}

/// The complex plane as a real vector space: the state of the test equation u' = lambda u.
extension Complex: VectorSpace where RealType == Double {
  /// Returns `self + scale * direction`.
  public func adding(_ direction: Complex, scaledBy scale: Double) -> Complex {
    self + direction.multiplied(by: scale)
  }

  /// Returns `scale * self`.
  public func scaled(by scale: Double) -> Complex { multiplied(by: scale) }

  /// Returns the complex product.
  public func multiplied(byCoefficient coefficient: Complex) -> Complex { self * coefficient }

  /// Returns the complex quotient.
  public func divided(byCoefficient coefficient: Complex) -> Complex { self / coefficient }
}

/// The plane: phase portraits, and classification of points.
extension SIMD2: VectorSpace where Scalar == Double {
  /// Returns `self + scale * direction`.
  public func adding(_ direction: SIMD2, scaledBy scale: Double) -> SIMD2 {
    self + scale * direction
  }

  /// Returns `scale * self`.
  public func scaled(by scale: Double) -> SIMD2 { scale * self }

  /// Returns the product, component by component.
  public func multiplied(byCoefficient coefficient: SIMD2) -> SIMD2 { self * coefficient }

  /// Returns the quotient, component by component.
  public func divided(byCoefficient coefficient: SIMD2) -> SIMD2 { self / coefficient }
}

/// The product of several vector spaces: `[Double]` is R^n, and a pair of states is the state of a
/// two-stream scheme.
extension Array: VectorSpace where Element: VectorSpace {
  /// Returns `self + scale * direction`, component by component.
  ///
  /// - Throws: ``VectorSpaceError/dimensionMismatch(_:_:)`` when the numbers of components differ.
  public func adding(_ direction: [Element], scaledBy scale: Double) throws -> [Element] {
    guard count == direction.count else {
      throw VectorSpaceError.dimensionMismatch(count, direction.count)
    }
    return try zip(self, direction).map { try $0.adding($1, scaledBy: scale) }
  }

  /// Returns `self + sum_i scale_i * vector_i` without a copy for each term.
  ///
  /// - Throws: ``VectorSpaceError/dimensionMismatch(_:_:)`` when the numbers of components differ.
  public func adding(_ terms: [(scale: Double, vector: [Element])]) throws -> [Element] {
    var sum = self
    for (scale, vector) in terms {
      guard count == vector.count else {
        throw VectorSpaceError.dimensionMismatch(count, vector.count)
      }
      for index in sum.indices {
        sum[index] = try sum[index].adding(vector[index], scaledBy: scale)
      }
    }
    return sum
  }

  /// Returns `scale * self`, component by component.
  public func scaled(by scale: Double) throws -> [Element] {
    try map { try $0.scaled(by: scale) }
  }

  /// Returns the product, component by component.
  ///
  /// - Throws: ``VectorSpaceError/dimensionMismatch(_:_:)`` when the numbers of components differ.
  public func multiplied(byCoefficient coefficient: [Element]) throws -> [Element] {
    guard count == coefficient.count else {
      throw VectorSpaceError.dimensionMismatch(count, coefficient.count)
    }
    return try zip(self, coefficient).map { try $0.multiplied(byCoefficient: $1) }
  }

  /// Returns the quotient, component by component.
  ///
  /// - Throws: ``VectorSpaceError/dimensionMismatch(_:_:)`` when the numbers of components differ.
  public func divided(byCoefficient coefficient: [Element]) throws -> [Element] {
    guard count == coefficient.count else {
      throw VectorSpaceError.dimensionMismatch(count, coefficient.count)
    }
    return try zip(self, coefficient).map { try $0.divided(byCoefficient: $1) }
  }

  /// Returns the first and the second half of the components.
  ///
  /// - Throws: ``VectorSpaceError/notSplittable`` if their number is odd.
  public func halves() throws -> ([Element], [Element]) {
    guard !isEmpty, count.isMultiple(of: 2) else { throw VectorSpaceError.notSplittable }
    return (Array(self[..<(count / 2)]), Array(self[(count / 2)...]))
  }

  /// Returns the components of both, one after the other.
  public func joined(with other: [Element]) throws -> [Element] { self + other }
}
