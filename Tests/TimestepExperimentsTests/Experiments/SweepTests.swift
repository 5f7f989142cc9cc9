import Foundation
import TestSupport
import Testing
import TimestepDiagnostics
import TimestepExperiments

@Suite("Sweeps") struct SweepTests {
  private static let points = "dataset: two-moons:count=100\nepochs: 2\nbatch-size: 50\n"

  @Test("A grid is multiplied out, the last option fastest, with every one of the settings")
  func expansion() throws {
    let sweep = try Sweep(
      """
      network: dense-3
      grid:
        h: [1, 0.1]
        optimizer: [sgd, adam]
      settings:
        - {batch-size: 8, learning-rate: 0.1}
        - {learning-rate: 0.2, batch-size: 16}
      seeds: 3
      """, from: "dir/some.yaml")
    #expect(sweep.id == "sweep/some")
    let plan = try sweep.plan(.full)
    #expect(plan.axes.map(\.name) == ["batch_size", "learning_rate", "h", "optimizer"])
    #expect(plan.axes.map(\.title) == ["batch-size", "learning-rate", "h", "optimizer"])
    #expect(plan.axes.map(\.kind) == [.integer, .number, .number, .text])
    #expect(plan.seeds == [0, 1, 2])
    #expect(
      plan.settings.map(\.values) == [
        [8, 0.1, 1.0, "sgd"], [8, 0.1, 1.0, "adam"], [8, 0.1, 0.1, "sgd"], [8, 0.1, 0.1, "adam"],
        [16, 0.2, 1.0, "sgd"], [16, 0.2, 1.0, "adam"], [16, 0.2, 0.1, "sgd"],
        [16, 0.2, 0.1, "adam"],
      ])
    let last = try #require(plan.settings.last?.options)
    #expect(last.network == "dense-3" && last.h == 0.1 && last.optimizer == "adam")
    #expect(last.batchSize == 16 && last.learningRate == 0.2)
  }

  @Test(
    "What is no sweep is refused with the file and the remedy",
    arguments: [
      ("grid: {h: 1}", "list of values"), ("grid: {hh: [1]}", "did you mean 'h'"),
      ("grid: {seed: [1]}", "seeds"), ("seed: 1", "seeds"), ("output: x", "--output"),
      ("threads: 2", "--jobs"), ("grid: {data: [a, b]}", "for all of them"),
      ("grid: {widths: [8, 16]}", "write 'widths: [[8, 16]]'"),
      ("grid: {corruption: ['label-noise:share=0.1']}", "corruption: [[label-noise:share=0.1]]"),
      ("grid: {h: [1, 1]}", "twice"), ("network: a\ngrid: {network: [b]}", "given twice"),
      ("grid: {h: [1]}\nsettings: [{h: 1}]", "given twice"), ("grid: {}", "h: [1, 0.1]"),
      ("settings: []", "depth: 20"), ("settings: [{h: 1}, {depth: 2}]", "the same options"),
      ("seeds: 0", "whole numbers"), ("seeds: [1, 1]", "whole numbers"),
      ("seeds: [-1]", "whole numbers"), ("seeds: x", "whole numbers"), ("[1]", "option: value"),
      ("grid: {h: [a]}", "expected a number"), ("epochs: []", "expected a single value"),
      ("network: dense-3\ngrid: {scheme: [euler, eulr]}", "did you mean 'euler'"),
      ("", "no network"), ("grid: {h: [1, 1.0]}", "h 1 stands there twice"),
      ("network: dense-3\ngrid: {precision: [fp32, fp64, fp32]}", "twice"),
      ("network: dense-3\ngrid: {batch-norm: [true, yes]}", "the same training as"),
    ])
  func refusals(_ text: String, _ words: String) throws {
    do {
      _ = try Sweep(text, from: "bad.yaml").plan(.full)
      Issue.record("it was taken")
    } catch let error as RunError {
      #expect(error.kind == .configuration)
      #expect(error.description.hasPrefix("bad.yaml: "))
      #expect(error.description.contains(words), "\(error)")
    }
  }

  @Test("More trainings than anyone carries out are refused before any is resolved") func limit()
    throws
  {
    let values = (1...300).map { "\(Double($0) / 300)" }.joined(separator: ", ")
    let sweep = try Sweep(
      "network: dense-3\ngrid: {h: [\(values)]}\nseeds: 10000", from: "many.yaml")
    let scratch = try Scratch()
    let runner = ExperimentRunner(
      ExperimentPlace(URL(fileURLWithPath: scratch.path("all"))),
      executor: InProcessExecutor(version: "test"), options: .init(), version: "test")
    let error = #expect(throws: RunError.self) { _ = try runner.trials(of: sweep) }
    #expect(error?.description.contains("3000000") == true, "\(String(describing: error))")
  }

  @Test("Every setting is trained with every seed, and the best one is named") func training()
    throws
  {
    let scratch = try Scratch()
    let sweep = try Sweep(
      Self.points + "grid: {network: [dense-2, dense-4], h: [1, 0.1, 0.01]}\nseeds: [4, 5]\n",
      from: "small.yaml")
    var options = ExperimentRunner.Options()
    options.isQuiet = true
    let place = ExperimentPlace(URL(fileURLWithPath: scratch.path("all")))
    let runner = ExperimentRunner(
      place, executor: InProcessExecutor(version: "test"), options: options, version: "test")
    guard case .completed(let record) = try runner.run(sweep) else {
      Issue.record("it is not complete")
      return
    }
    #expect(record.summary.first?.hasPrefix("best final test accuracy: ") == true)
    #expect(record.plots.map(\.name) == ["sweep"])
    let (_, figures) = try ExperimentRecord.read(
      from: place.root.appendingPathComponent("sweep/small"))
    let table = try #require(figures.tables.first { $0.name == "sweep" })
    let trials = try #require(figures.tables.first { $0.name == "trials" })
    #expect(table.rows.count == 6 && trials.rows.count == 12)
    // The median of two is their mean.
    for (row, setting) in zip(table.rows, 0...) {
      let ours = trials.rows[(2 * setting)..<(2 * setting + 2)].compactMap { $0[7].number }
      #expect(row[4].number == (ours[0] + ours[1]) / 2)
    }
  }
}
