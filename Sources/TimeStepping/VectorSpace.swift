/// A vector space over the reals in which a state lives.
///
/// Schemes are written against these few operations alone, so that one implementation runs on
/// `Double` in a convergence test and on a tensor in a network. Operations may throw since those of
/// a tensor library do; those of `Double`, `Complex<Double>` and `SIMD2<Double>` never throw.
///
/// A conforming type has to provide `adding(_:scaledBy:)` and `scaled(by:)`. The two operations on
/// lists of terms have default implementations; a representation that can form a sum of many terms
/// in one pass over memory provides its own.
public protocol VectorSpace: Sendable {
  /// Returns `self + scale * direction`, in one pass where the representation allows.
  ///
  /// - Parameters:
  ///   - direction: A vector of the same shape as `self`.
  ///   - scale: A real factor, usually the step size h or h times a weight of the scheme.
  /// - Throws: Whatever the representation throws, for example when the shapes differ.
  func adding(_ direction: Self, scaledBy scale: Double) throws -> Self

  /// Returns `scale * self`.
  func scaled(by scale: Double) throws -> Self

  /// Returns `self + sum_i scale_i * vector_i`; without terms, `self`.
  func adding(_ terms: [(scale: Double, vector: Self)]) throws -> Self

  /// Returns `sum_i scale_i * vector_i`.
  ///
  /// - Throws: ``VectorSpaceError/emptyCombination`` without terms, since the shape of zero is then
  ///   unknown.
  static func linearCombination(_ terms: [(scale: Double, vector: Self)]) throws -> Self
}

extension VectorSpace {
  /// Returns `self + sum_i scale_i * vector_i`, one term after the other.
  public func adding(_ terms: [(scale: Double, vector: Self)]) throws -> Self {
    try terms.reduce(self) { sum, term in try sum.adding(term.vector, scaledBy: term.scale) }
  }

  /// Returns `sum_i scale_i * vector_i`: the first term scaled, the others added to it.
  public static func linearCombination(_ terms: [(scale: Double, vector: Self)]) throws -> Self {
    guard let first = terms.first else { throw VectorSpaceError.emptyCombination }
    return try first.vector.scaled(by: first.scale).adding(Array(terms.dropFirst()))
  }
}

/// What can go wrong in a vector space of this module.
public enum VectorSpaceError: Error, Hashable, CustomStringConvertible {
  /// A linear combination of no vectors was asked for.
  case emptyCombination
  /// Two vectors with different numbers of components were added.
  case dimensionMismatch(Int, Int)

  /// The error in words.
  public var description: String {
    switch self {
    case .emptyCombination:
      "a linear combination needs at least one term"
    case .dimensionMismatch(let left, let right):
      "cannot add a vector of \(right) components to one of \(left)"
    }
  }
}
