import Foundation
import Synchronization
import TestSupport
import Testing
import TimestepDiagnostics

import TimestepExperiments

/// An experiment that trains in a second: two step sizes on points in the plane.
private struct SmallExperiment: Experiment {
  let id = "robust/test"
  let title = "two step sizes"
  let source = "test"
  var rates = [0.05]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [.number("h", "step size h"), .number("rate", "learning rate")], seeds: [1, 2])
    for h in [1, 0.1] {
      for rate in rates {
        var options = RunOptions()
        options.network = "dense-3"
        options.dataset = "two-moons:count=200"
        options.h = h
        options.learningRate = rate
        options.epochs = 2
        options.batchSize = 50
        options.threads = 1
        options.checkpointEvery = "1"
        plan.add([.number(h), .number(rate)], options)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy", "Accuracy", source: source, column: .number("accuracy", "accuracy", unit: "%")
    ) { 100 * $0.bestAccuracy }
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          "accuracy", "Accuracy against step size",
          layers: [.init(.point(), of: "accuracy", x: .column("h"), y: .column("accuracy"))])
      ],
      claims: [
        context.claim("There are two step sizes", table.rows.count >= 2, "\(table.rows.count)")
      ])
  }
}

/// Trains in this process, counts, and stops after some steps where it is told to.
private final class CountingExecutor: TrialExecutor {
  private let inner = InProcessExecutor(version: "test")
  private let state = Mutex((trials: 0, questions: 0))
  private let stopsAfter: Int?

  init(stopsAfter: Int? = nil) { self.stopsAfter = stopsAfter }

  var trials: Int { state.withLock(\.trials) }

  /// Whether it has been asked often enough; the trainer asks after every step.
  func isStopped() -> Bool {
    state.withLock { state in
      state.questions += 1
      return stopsAfter.map { state.questions > $0 } ?? false
    }
  }

  func run(
    _ trial: Trial, in directory: RunDirectory, worker: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws {
    state.withLock { $0.trials += 1 }
    try inner.run(trial, in: directory, worker: worker, shouldStop: shouldStop)
  }
}

@Suite("Experiments are carried out") struct RunnerTests {
  private func runner(
    _ scratch: Scratch, _ folder: String, _ executor: CountingExecutor, shard: String? = nil
  ) -> ExperimentRunner {
    var options = ExperimentRunner.Options()
    options.isQuiet = true
    options.shard = shard.flatMap { Shard($0) }
    return ExperimentRunner(
      ExperimentPlace(URL(fileURLWithPath: scratch.path(folder))), executor: executor,
      options: options, version: "test", shouldStop: { executor.isStopped() })
  }

  private func results(_ scratch: Scratch, _ folder: String) throws -> [String: Data] {
    let directory = URL(fileURLWithPath: scratch.path(folder)).appendingPathComponent(
      "robust/test/reduced")
    return try Dictionary(
      uniqueKeysWithValues: FileManager.default.contentsOfDirectory(atPath: directory.path).map {
        ($0, try Data(contentsOf: directory.appendingPathComponent($0)))
      })
  }

  @Test("Results are complete, and nothing is computed twice") func repetition() throws {
    let scratch = try Scratch()
    let executor = CountingExecutor()
    guard case .completed(let record) = try runner(scratch, "a", executor).run(SmallExperiment())
    else {
      Issue.record("not completed")
      return
    }
    #expect(executor.trials == 4)
    #expect(record.claims.map(\.verdict) == [.shown])
    #expect(record.tables == ["accuracy", "trials"])
    let files = try results(scratch, "a")
    #expect(Set(files.keys).isSuperset(of: ["results.json", "accuracy.csv", "accuracy.vl.json"]))
    _ = try runner(scratch, "a", executor).run(SmallExperiment())
    #expect(executor.trials == 4)
    #expect(try results(scratch, "a") == files)
    let read = try ExperimentRecord.read(
      from: URL(fileURLWithPath: scratch.path("a/robust/test/reduced")))
    #expect(read.record.claims == record.claims)
    #expect(read.figures.tables.map(\.rows.count) == [2, 4])
    // A larger plan shares the trials of the smaller one.
    _ = try runner(scratch, "a", executor).run(SmallExperiment(rates: [0.05, 0.01]))
    #expect(executor.trials == 8)
  }

  @Test(
    "A trial whose files were damaged is named and counts for nothing",
    arguments: ["metrics.csv", "config.yaml", "summary.json"])
  func damage(file: String) throws {
    let scratch = try Scratch()
    _ = try runner(scratch, "a", CountingExecutor()).run(SmallExperiment())
    let trials = scratch.path("a/trials")
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: trials).sorted().first)
    let url = URL(fileURLWithPath: "\(trials)/\(name)/\(file)")
    let data = try Data(contentsOf: url)
    try data.prefix(data.count / 2).write(to: url)
    // What else there is to do is done first.
    let executor = CountingExecutor()
    let error = #expect(throws: (any Error).self) {
      try runner(scratch, "a", executor).run(SmallExperiment(rates: [0.05, 0.01]))
    }
    #expect("\(String(describing: error))".contains(url.path), "\(String(describing: error))")
    #expect(executor.trials == 4)
  }

  @Test("An earlier result leaves nothing behind") func staleFiles() throws {
    let scratch = try Scratch()
    let directory = URL(fileURLWithPath: scratch.path("one"))
    func write(_ name: String) throws {
      var table = DiagnosticTable(name, name, source: "test", columns: [.number("x", "x")])
      try table.append([1.0])
      let result = ExperimentResult(
        tables: [table],
        plots: [Plot(name, name, layers: [.init(.point(), of: name, x: .column("x"))])])
      try ExperimentRecord(
        SmallExperiment(), result, scale: .reduced, reductions: [], assumptions: [],
        version: "test"
      ).write(result.figures, to: directory)
    }
    try write("first")
    let picture = PlotRenderer.Picture(svg: Data([1]), png: Data([2]))
    _ = try PictureFolder(of: directory).write([picture], of: ["first"])
    try write("second")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [
        "results.json", "second.csv", "second.json", "second.vl.json",
      ])
  }

  @Test(
    "Stopped anywhere and run again, the result is that of one that was never stopped",
    arguments: [1, 9, 23])
  func interruption(questions: Int) throws {
    let scratch = try Scratch()
    _ = try runner(scratch, "whole", CountingExecutor()).run(SmallExperiment())
    let outcome = try runner(scratch, "stopped", CountingExecutor(stopsAfter: questions)).run(
      SmallExperiment())
    guard case .incomplete(let finished, 4) = outcome else {
      Issue.record("it was not stopped")
      return
    }
    let again = CountingExecutor()
    _ = try runner(scratch, "stopped", again).run(SmallExperiment())
    #expect(again.trials == 4 - finished)
    #expect(try results(scratch, "stopped") == results(scratch, "whole"))
  }

  @Test("Two shards give the result of one process") func shards() throws {
    let scratch = try Scratch()
    _ = try runner(scratch, "whole", CountingExecutor()).run(SmallExperiment())
    let first = try runner(scratch, "shards", CountingExecutor(), shard: "1/2").run(
      SmallExperiment())
    guard case .incomplete(2, 4) = first else {
      Issue.record("the first shard is not half: \(first)")
      return
    }
    guard
      case .completed = try runner(scratch, "shards", CountingExecutor(), shard: "2/2").run(
        SmallExperiment())
    else {
      Issue.record("the second shard does not complete it")
      return
    }
    #expect(try results(scratch, "shards") == results(scratch, "whole"))
  }

  @Test("A training that diverges is a result") func divergence() throws {
    let scratch = try Scratch()
    guard
      case .completed(let record) = try runner(scratch, "d", CountingExecutor()).run(
        SmallExperiment(rates: [1e30]))
    else {
      Issue.record("not completed")
      return
    }
    let (_, figures) = try ExperimentRecord.read(
      from: URL(fileURLWithPath: scratch.path("d/robust/test/reduced")))
    #expect(record.id == "robust/test")
    let trials = try #require(figures.tables.first { $0.name == "trials" })
    #expect(trials["status"].allSatisfy { $0 == "diverged" })
    #expect(trials["failed"].allSatisfy { $0 == true })
  }

  @Test("A summary that is damaged is named, not trained over") func damage() throws {
    let scratch = try Scratch()
    let executor = CountingExecutor()
    _ = try runner(scratch, "a", executor).run(SmallExperiment())
    let trial = try #require(try SmallExperiment().plan(.reduced).trials().first)
    let place = ExperimentPlace(URL(fileURLWithPath: scratch.path("a")))
    try Data("{".utf8).write(to: place.run(of: trial).summary)
    let error = #expect(throws: RunError.self) {
      try runner(scratch, "a", executor).run(SmallExperiment())
    }
    #expect(error?.description.contains(trial.name) == true)
  }

  @Test("A budget measures first, and decides the same again") func budget() throws {
    let scratch = try Scratch()
    let executor = CountingExecutor()
    var options = ExperimentRunner.Options()
    options.isQuiet = true
    options.budgetMinutes = 1e-6
    let place = ExperimentPlace(URL(fileURLWithPath: scratch.path("b")))
    let runner = ExperimentRunner(place, executor: executor, options: options, version: "test")
    guard case .completed(let record) = try runner.run(SmallExperiment()) else {
      Issue.record("not completed")
      return
    }
    #expect(record.reductions.contains { $0.contains("1 of 2 seeds") })
    #expect(record.lines.contains { $0.hasPrefix("smaller than planned") })
    let trials = executor.trials
    guard case .completed(let again) = try runner.run(SmallExperiment()) else {
      Issue.record("not completed again")
      return
    }
    #expect(executor.trials == trials && again.reductions == record.reductions)
  }
}
