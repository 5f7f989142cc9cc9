import ComplexModule
import RealModule

/// The amplification factor of an explicit one-step scheme, a polynomial `R(z) = sum_k r_k z^k`.
///
/// One step on u' = lambda u multiplies u by R(h lambda); the scheme is stable where |R(z)| <= 1.
/// Source: E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, section IV.2.
public struct StabilityPolynomial: Sendable, Hashable {
  /// The coefficients r_0, r_1, ...; a consistent scheme has r_0 = r_1 = 1.
  public let coefficients: [Double]

  /// Makes the polynomial with these coefficients, constant term first.
  public init(coefficients: [Double]) {
    self.coefficients = coefficients
  }

  /// Returns r_k, which is zero beyond the degree.
  public func coefficient(_ power: Int) -> Double {
    coefficients.indices.contains(power) ? coefficients[power] : 0
  }

  /// Returns R(z), by Horner's rule.
  public func callAsFunction(_ z: Complex<Double>) -> Complex<Double> {
    coefficients.reversed().reduce(.zero) { $0 * z + Complex($1) }
  }

  /// The largest r such that |R(z)| <= 1 on all of [-r, 0]; infinite if there is none.
  public var realLimit: Double {
    firstGrowth { j, k in ((j + k) % 2 == 0 ? 1 : -1, j + k) }
  }

  /// The largest y such that |R(z)| <= 1 on all of [-iy, iy]; infinite if there is none.
  public var imaginaryLimit: Double {
    // R(iy) times its conjugate: i^j (-i)^k = i^(j-k), whose odd powers cancel. In x = y^2.
    firstGrowth { j, k in
      (j + k) % 2 == 0 ? ((j - k) % 4 == 0 ? 1 : -1, (j + k) / 2) : (0, 0)
    }.squareRoot()
  }

  /// The first x > 0 after which |R|^2 - 1 is positive, where the product of the terms j and k of R
  /// and of its conjugate is `sign * r_j * r_k * x^power`.
  ///
  /// A coefficient that only rounding keeps from zero counts as zero: near the origin, the sign of
  /// the lowest one decides whether a scheme is stable at all.
  private func firstGrowth(_ term: (Int, Int) -> (sign: Double, power: Int)) -> Double {
    var square = [Double](repeating: 0, count: 2 * coefficients.count)
    var magnitude = square
    square[0] = -1
    for j in coefficients.indices {
      for k in coefficients.indices {
        let (sign, power) = term(j, k)
        square[power] += sign * coefficients[j] * coefficients[k]
        magnitude[power] += abs(sign * coefficients[j] * coefficients[k])
      }
    }
    let cleaned = zip(square, magnitude).map { abs($0) <= 1e-12 * $1 ? 0 : $0 }
    guard let lowest = cleaned.firstIndex(where: { $0 != 0 }) else { return .infinity }
    guard cleaned[lowest] < 0 else { return 0 }
    return RealPolynomial(Array(cleaned[lowest...])).positiveSignChanges.first ?? .infinity
  }
}
