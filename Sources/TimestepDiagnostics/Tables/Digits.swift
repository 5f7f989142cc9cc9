import Foundation

/// Numbers as the lines of a summary show them.
enum Digits {
  /// Four digits.
  static func text(_ value: Double) -> String { String(format: "%.4g", value) }

  /// The smallest and the largest of them, or what there is.
  static func range(_ values: [Double]) -> String {
    guard let low = values.min(), let high = values.max() else { return "none" }
    return low == high ? text(low) : "\(text(low)) to \(text(high))"
  }
}
