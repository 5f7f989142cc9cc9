import Foundation

extension Collection where Element == Double {
  /// The middle of the sorted numbers, the mean of the two middle ones; NaN of none.
  package var median: Double {
    let sorted = self.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The mean; NaN of none.
  package var average: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }

  /// The standard deviation of the numbers as a population, which the sources report; NaN of none.
  package var spread: Double {
    let mean = average
    return (map { ($0 - mean) * ($0 - mean) }.average).squareRoot()
  }
}

extension Double {
  /// The number with three digits, for sentences.
  package var brief: String { isFinite ? String(format: "%.3g", self) : isNaN ? "nan" : "\(self)" }

  /// A share between 0 and 1 in percent with one decimal, for sentences.
  package var percent: String { String(format: "%.1f %%", 100 * self) }
}
