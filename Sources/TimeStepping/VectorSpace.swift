/// A vector space over the reals in which a state lives.
///
/// Schemes are written against these few operations alone, so that one implementation runs on
/// `Double` in a convergence test and on a tensor in a network. Operations may throw since those of
/// a tensor library do; those of `Double`, `Complex<Double>` and `SIMD2<Double>` never throw.
///
/// A conforming type has to provide `adding(_:scaledBy:)`, `scaled(by:)` and the product and
/// quotient with a coefficient. The two operations on lists of terms have default implementations;
/// a representation that can form a sum of many terms in one pass over memory provides its own.
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

  /// Returns the product with a coefficient, a vector of the same space or one that broadcasts to
  /// it: a trained k of a scheme. The product is taken component by component.
  func multiplied(byCoefficient coefficient: Self) throws -> Self

  /// Returns the quotient by a coefficient, component by component.
  func divided(byCoefficient coefficient: Self) throws -> Self

  /// Returns `self + k (other - self)` for a coefficient k, in one pass where possible.
  func blended(with other: Self, coefficient k: Self) throws -> Self

  /// Returns the two halves of the state of a two-stream scheme, such as half of the channels each.
  ///
  /// - Throws: ``VectorSpaceError/notSplittable`` by default.
  func halves() throws -> (Self, Self)

  /// Returns the state whose halves are `self` and `other`.
  func joined(with other: Self) throws -> Self
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

  /// Returns `self + k (other - self)`.
  public func blended(with other: Self, coefficient k: Self) throws -> Self {
    try adding(other.adding(self, scaledBy: -1).multiplied(byCoefficient: k), scaledBy: 1)
  }

  /// Refuses: a vector without parts has no halves.
  public func halves() throws -> (Self, Self) { throw VectorSpaceError.notSplittable }

  /// Refuses, as ``halves()`` does.
  public func joined(with other: Self) throws -> Self { throw VectorSpaceError.notSplittable }
}

/// What can go wrong in a vector space of this module.
public enum VectorSpaceError: Error, Hashable, CustomStringConvertible {
  /// A linear combination of no vectors was asked for.
  case emptyCombination
  /// Two vectors with different numbers of components were added.
  case dimensionMismatch(Int, Int)
  /// The state has no two halves of the same shape.
  case notSplittable

  /// The error in words.
  public var description: String {
    switch self {
    case .emptyCombination:
      "a linear combination needs at least one term"
    case .dimensionMismatch(let left, let right):
      "cannot add a vector of \(right) components to one of \(left)"
    case .notSplittable:
      "a two-stream scheme needs a state that splits into two halves of the same shape"
    }
  }
}
