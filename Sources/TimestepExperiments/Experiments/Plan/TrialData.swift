import TimestepData

/// The data sets that some trials read from files: whether they are on this machine, and whether they are whole.
package struct TrialData {
  /// A data set with the directory that was named for it.
  private typealias Reading = (dataset: DatasetDescriptor, directory: String?)
  private let readings: [Reading]

  /// Collects the data sets, each once.
  package init(of trials: [Trial]) {
    var seen: Set<[String?]> = []
    readings = trials.map(\.configuration)
      .map { ($0.dataset, $0.options.data) }
      .filter { !$0.0.markers.isEmpty && seen.insert([$0.0.name, $0.1]).inserted }
  }

  /// Looks for data sets of which no directory was named.
  ///
  /// - Throws: ``RunError`` that names the data set, what fetches it and where it may lie.
  package func check(_ search: DatasetSearch = DatasetSearch()) throws {
    for (dataset, directory) in readings where directory == nil {
      do { _ = try search.directory(of: dataset) } catch let error as DataError {
        throw RunError(
          error.kind == .notFound ? .notFound : .badData,
          "\(error.problem); \(dataset.fetchingCommand.map { "run '\($0)', or " } ?? "")put its files into a folder "
            + "'\(dataset.name)' of the directory that TIMESTEP_DATA names (see 'timestep data list')"
        )
      }
    }
  }

  /// A line for each set with fewer examples than its source's, which an experiment at full scale says of itself.
  ///
  /// - Throws: `DataError`.
  func shortfalls() throws -> [String] {
    var lines: [String] = []
    for (dataset, directory) in readings where !dataset.isResolved {
      for (split, whole) in [
        (DatasetSplit.train, dataset.counts.train), (.test, dataset.counts.test),
      ] {
        let count = try dataset.load(split: split, directory: directory).count
        guard count < whole else { continue }
        lines.append(
          "\(dataset.title) here has \(count) of \(whole) \(split == .train ? "training" : "test") examples"
        )
      }
    }
    return lines
  }
}
