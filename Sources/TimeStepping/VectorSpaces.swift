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
}

/// The complex plane as a real vector space: the state of the test equation u' = lambda u.
extension Complex: VectorSpace where RealType == Double {
  /// Returns `self + scale * direction`.
  public func adding(_ direction: Complex, scaledBy scale: Double) -> Complex {
    self + direction.multiplied(by: scale)
  }

  /// Returns `scale * self`.
  public func scaled(by scale: Double) -> Complex { multiplied(by: scale) }
}

/// The plane: phase portraits, and classification of points.
extension SIMD2: VectorSpace where Scalar == Double {
  /// Returns `self + scale * direction`.
  public func adding(_ direction: SIMD2, scaledBy scale: Double) -> SIMD2 {
    self + scale * direction
  }

  /// Returns `scale * self`.
  public func scaled(by scale: Double) -> SIMD2 { scale * self }
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

  /// Returns `scale * self`, component by component.
  public func scaled(by scale: Double) throws -> [Element] {
    try map { try $0.scaled(by: scale) }
  }
}
