import Foundation

/// The landscape `peaks` of MATLAB, on [-3, 3] x [-3, 3].
///
/// ```
/// peaks(x, y) = 3 (1 - x)^2 exp(-x^2 - (y + 1)^2) - 10 (x/5 - x^3 - y^5) exp(-x^2 - y^2)
///               - 1/3 exp(-(x + 1)^2 - y^2)
/// ```
/// Three mountains and two basins, from -6.55 to 8.11. Source: MATLAB's `peaks`, spec section 6.7.
public enum PeaksFunction {
  /// The coordinates at which it is looked at.
  public static let range = -3.0...3.0

  /// The height at a point.
  public static func height(_ x: Double, _ y: Double) -> Double {
    let south = 3 * (1 - x) * (1 - x) * exp(-x * x - (y + 1) * (y + 1))
    let middle = 10 * (x / 5 - x * x * x - y * y * y * y * y) * exp(-x * x - y * y)
    let west = exp(-(x + 1) * (x + 1) - y * y) / 3
    return south - middle - west
  }

  /// Point `index` of `count` equally spaced ones of the range, both ends included.
  static func coordinate(_ index: Int, of count: Int) -> Double {
    range.lowerBound
      + (range.upperBound - range.lowerBound) * Double(index) / Double(max(count - 1, 1))
  }
}
