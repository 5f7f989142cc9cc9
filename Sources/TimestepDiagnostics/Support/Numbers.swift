import Foundation

extension String {
  /// The text as it begins a line.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Int {
  /// So many of something, `1 block` or `3 blocks`.
  func of(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension Double {
  /// The number with nine digits, for files that grow by a row in every step.
  var digits: String { isFinite ? String(format: "%.9g", self) : isNaN ? "nan" : "\(self)" }

  /// The number with four digits, for people.
  var text: String { isFinite ? String(format: "%.4g", self) : isNaN ? "nan" : "\(self)" }
}

extension Collection where Element == Double {
  /// The mean; NaN for none.
  var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }

  /// The standard deviation, divided by n.
  var deviation: Double {
    let mean = mean
    return map { ($0 - mean) * ($0 - mean) }.mean.squareRoot()
  }

  /// The smallest and the largest of them for people, or what there is.
  var range: String {
    guard let low = self.min(), let high = self.max() else { return "none" }
    return low == high ? low.text : "\(low.text) to \(high.text)"
  }
}
