/// A quantity of two settings over seeds: the difference of the medians, against the noise of seeds.
///
/// ```
/// difference = median(first) - median(second)      noise = deviation(first) + deviation(second)
/// ```
/// The difference decides where bands of one standard deviation around the medians do not overlap, and where both have
/// two seeds at least; elsewhere it might be chance.
package struct Comparison {
  /// The difference of the medians; NaN of none.
  package let difference: Double
  /// The sum of both standard deviations over seeds.
  package let noise: Double
  private let isMeasured: Bool

  /// Compares numbers, one for each seed.
  package init(_ first: [Double], _ second: [Double]) {
    difference = first.median - second.median
    noise = first.spread + second.spread
    isMeasured = first.count > 1 && second.count > 1 && (first + second).allSatisfy(\.isFinite)
  }

  /// Compares the best test accuracies of trainings.
  init(_ first: [TrialOutcome], _ second: [TrialOutcome]) {
    self.init(first.map(\.bestAccuracy), second.map(\.bestAccuracy))
  }

  /// Whether the first is greater by more than a margin; nil within the noise, or where too little was measured.
  package func isGreater(by margin: Double = 0) -> Bool? {
    isMeasured && abs(difference - margin) > noise ? difference > margin : nil
  }
}

extension Sequence where Element == Bool? {
  /// Whether all are true; false where one is false; nil where one is undecided, or there are none.
  package var all: Bool? {
    let found = Array(self)
    if found.contains(false) { return false }
    return found.isEmpty || found.contains(nil) ? nil : true
  }

  /// Whether one is true; nil where none is and one is undecided, or there are none.
  package var any: Bool? {
    let found = Array(self)
    if found.contains(true) { return true }
    return found.isEmpty || found.contains(nil) ? nil : false
  }
}
