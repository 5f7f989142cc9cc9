import Foundation
import TimestepTorch

/// A comparison of a derivative with differences of the function along a direction.
///
/// ```
/// E0(h) = |f(x + h v) - f(x)|            of order 1 in h
/// E1(h) = |f(x + h v) - f(x) - h J v|    of order 2 where J is the derivative
/// h = 2^-1, 2^-2, ..., 2^-30
/// ```
///
/// Source: Meganet.m, `checkDerivative`; lecture, section 6.8.
public struct DerivativeTest: Sendable, Codable {
  /// One step size.
  public struct Row: Sendable, Codable, Equatable {
    /// The length h of the step along v.
    public var h: Double
    /// The change of the function.
    public var e0: Double
    /// What the derivative leaves of it.
    public var e1: Double
    /// `log2 (E0(2h) / E0(h))`; nil in the first row and where an error is zero.
    public var order0: Double?
    /// `log2 (E1(2h) / E1(h))`; nil in the first row and where an error is zero.
    public var order1: Double?
  }

  /// The errors, h falling.
  public let rows: [Row]

  /// Compares the derivative of a function at x along v.
  ///
  /// - Parameters:
  ///   - exponents: the j of h = 2^-j.
  ///   - derivative: `v -> J v`; nil for the function's own by its record.
  public init(
    of function: VectorFunction, at x: Tensor, along v: Tensor,
    exponents: ClosedRange<Int> = 1...30,
    derivative: ((Tensor) throws -> Tensor)? = nil
  ) throws {
    let slope = try derivative.map { try $0(v) } ?? Self.slope(of: function, at: x, along: v)
    let start = try function(x)
    var rows: [Row] = []
    for exponent in exponents {
      let h = pow(2, -Double(exponent))
      let change = try function(x.adding(v, scaledBy: h)) - start
      var row = try Row(
        h: h, e0: change.norm().scalar(),
        e1: change.adding(slope.reshaped(change.shape), scaledBy: -h).norm().scalar())
      if let last = rows.last {
        row.order0 = Self.order(last.e0, row.e0)
        row.order1 = Self.order(last.e1, row.e1)
      }
      rows.append(row)
    }
    _ = try function(x)  // Parameters end where they were.
    self.rows = rows
  }

  /// `J v`; where the value is one number, `<gradient, v>`, which needs first derivatives only.
  private static func slope(of function: VectorFunction, at x: Tensor, along v: Tensor) throws
    -> Tensor
  {
    let linear = try function.linearized(at: x)
    guard linear.value.count == 1 else { return try linear.product(v) }
    let one = try Tensor.ones(linear.value.shape, linear.value.dataType, on: linear.value.device)
    return try (linear.transposedProduct(one) * v).sum()
  }

  private static func order(_ before: Double, _ after: Double) -> Double? {
    before > 0 && after > 0 ? log2(before / after) : nil
  }

  /// The rows in which E1 is of order above 1.9, or E0 more than 100 times E1.
  public var goodRows: Int {
    rows.count { row in
      (row.order1 ?? 0) > 1.9 || row.e1 == 0 || row.e0 > 100 * row.e1
    }
  }

  /// Whether more than three rows are good, as Meganet.m decides.
  ///
  /// A derivative that is wrong by less than one in a hundred passes; ``relativeError`` tells.
  public var passes: Bool { goodRows > 3 }

  /// The smallest E1 / E0: about the square root of the rounding error for a right derivative, and what a wrong one
  /// is wrong by. 0 where the function is linear.
  public var relativeError: Double {
    rows.map { $0.e1 == 0 ? 0 : $0.e1 / $0.e0 }.filter(\.isFinite).min() ?? .infinity
  }
}
