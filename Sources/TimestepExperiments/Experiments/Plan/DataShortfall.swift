import TimestepData

/// Data sets that hold fewer examples than their source's, which an experiment at full scale says of itself.
enum DataShortfall {
  /// A line for each set of some trials with fewer examples than it should have.
  ///
  /// - Throws: `DataError`.
  static func lines(_ trials: [Trial]) throws -> [String] {
    var seen: Set<String> = []
    var lines: [String] = []
    for trial in trials {
      let dataset = trial.configuration.dataset
      guard !dataset.markers.isEmpty, !dataset.isResolved, seen.insert(dataset.name).inserted else {
        continue
      }
      for (split, whole) in [
        (DatasetSplit.train, dataset.counts.train), (.test, dataset.counts.test),
      ] {
        let count = try dataset.load(
          split: split, directory: trial.configuration.options.data
        ).count
        guard count < whole else { continue }
        lines.append(
          "\(dataset.title) here has \(count) of \(whole) \(split == .train ? "training" : "test") examples"
        )
      }
    }
    return lines
  }
}
