/// The difference of two networks that were trained from the same weights on the same batches, over seeds.
struct PairedDifference {
  /// One difference for each seed that both have, in percentage points of the test error; above 0 where the second is
  /// better.
  let values: [Double]

  /// Pairs trainings by their seeds.
  init(_ first: [TrialOutcome], _ second: [TrialOutcome]) {
    values = first.compactMap { one in
      second.first { $0.trial.seed == one.trial.seed }.map { LM.error(one) - LM.error($0) }
    }
  }

  /// The mean; NaN of none.
  var mean: Double { values.average }

  /// The standard error of the mean, `s / sqrt(n)` with the deviation s of a sample; NaN of fewer than two.
  var standardError: Double {
    guard values.count > 1 else { return .nan }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
  }

  /// Whether the second is the better one; nil where the mean is within two standard errors of 0 or there are fewer than
  /// three pairs.
  var isPositive: Bool? {
    values.count > 2 && abs(mean) > 2 * standardError ? mean > 0 : nil
  }

  /// The numbers in words.
  var evidence: String {
    let spread = standardError.isNaN ? "" : " +- \(standardError.brief)"
    return "mean difference \(mean.brief)\(spread) points, the second better for "
      + "\(values.count { $0 > 0 }) of \(values.count) \(values.count == 1 ? "seed" : "seeds")"
  }
}
