import TimestepDiagnostics

/// The trainings with h = 0.1 beside those with h = 1 of the same setting, seed by seed.
struct StepSizePair {
  /// Those with h = 0.1, in the order of seeds.
  let small: [TrialOutcome]
  /// Those with h = 1, in the same order.
  let large: [TrialOutcome]

  /// The median best accuracies over seeds.
  var medians: (small: Double, large: Double) {
    (small.map(\.bestAccuracy).median, large.map(\.bestAccuracy).median)
  }
  /// The median with h = 0.1 minus that with h = 1.
  var gain: Double { medians.small - medians.large }
  /// The same seed by seed.
  var gains: [Double] {
    zip(small, large).map { $0.bestAccuracy - $1.bestAccuracy }
  }
  /// The standard deviations of the best accuracy over seeds.
  var spreads: (small: Double, large: Double) {
    (small.map(\.bestAccuracy).spread, large.map(\.bestAccuracy).spread)
  }
  /// Whether the spread is smaller with h = 0.1; nil where a training failed, since failures are alike, and for fewer
  /// than three seeds.
  var isSteadier: Bool? {
    guard small.count > 2, large.count > 2, !(small + large).contains(where: \.hasFailed) else {
      return nil
    }
    return spreads.small < spreads.large
  }
  /// Both medians, for evidence.
  var text: String {
    "\(medians.small.percent) with h = 0.1, \(medians.large.percent) with h = 1"
  }
}

extension TrialOutcomes {
  /// The trainings with both step sizes at a place.
  func pair(_ place: [String: TableValue]) -> StepSizePair {
    func having(_ h: Double) -> [TrialOutcome] { at(place.merging(["h": .number(h)]) { $1 }) }
    return StepSizePair(small: having(0.1), large: having(1))
  }
}
