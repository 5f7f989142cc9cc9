import Foundation
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepNetworks

extension SavedRun {
  /// What diagnostics look at: the network with its data, and its epochs.
  public func diagnosticContext(
    seed: UInt64 = 0, budget: DiagnosticBudget = DiagnosticBudget()
  ) throws -> DiagnosticContext {
    let data = DiagnosticData(
      task: configuration.dataset.task,
      train: try configuration.makeDiagnosticLoader(.train, examples: budget.examples, seed: seed),
      test: try configuration.makeDiagnosticLoader(.test, examples: budget.examples, seed: seed),
      dataType: configuration.precision.parameters, device: configuration.device)
    return DiagnosticContext(
      configuration.label, network: network, data: data,
      histories: try [directory].histories(),
      directory: directory.url, seed: seed, budget: budget)
  }
}

extension RunConfiguration {
  /// Network, step size and data set in a few words.
  public var label: String {
    "\(networkName), \(options.scheme ?? "") with h = \(String(format: "%g", options.h ?? 1)), on \(dataset.title)"
  }
}

extension [RunDirectory] {
  /// The epochs of each run; runs that differ in their seed alone have the same label, others are told apart by what
  /// they differ in.
  ///
  /// - Throws: `ArgumentError` where a run is named twice, and errors that name a run's file.
  public func histories() throws -> [TrainingHistory] {
    var seen: Set<String> = []
    for run in self
    where !seen.insert(run.url.standardizedFileURL.resolvingSymlinksInPath().path).inserted {
      throw ArgumentError("run", run.url.relativePath, "is named twice; it would count as two")
    }
    let options = try map { try $0.savedOptions() }
    guard let first = options.first else { return [] }
    let changes = try options.map {
      try ConfigurationDifference(from: first, to: $0).changes.filter {
        !Self.indifferent.contains($0.option)
      }
    }
    let differing = Set(changes.flatMap { $0.map(\.option) }).sorted()
    let standard = Dictionary(
      changes.flatMap { $0.map { ($0.option, $0.before) } }, uniquingKeysWith: { one, _ in one })
    return try zip(zip(self, options), changes).map { run, changes in
      let own = Dictionary(
        changes.map { ($0.option, $0.now) }, uniquingKeysWith: { one, _ in one })
      let name = run.1.network ?? "?"
      let label = differing.map { "\($0) \(own[$0] ?? standard[$0] ?? "")" }
      return try TrainingHistory(
        ([name] + label).joined(separator: ", "), seed: run.1.seed ?? 0,
        metrics: run.0.metrics.path)
    }
  }

  /// What does not tell two trainings apart: the seed, what the network's name says, and how and where it was computed.
  private static let indifferent: Set<String> = Set(
    RunOptions.circumstances.map(\.key.rawValue)
      + ["seed", "network", "depth", "log-every", "tensorboard", "diagnose"])
}
