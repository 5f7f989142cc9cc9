import Foundation
import TestSupport
import Testing
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepExperiments
import TimestepTraining

@Suite("Diagnostics of runs")
struct DiagnosisTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let followed = "{diagnose: [gradient-ratios, 'layer-norms:layers=all'], epochs: 2}"

  @Test("A training that is followed writes its steps, and its diagnostics sum up its epochs")
  func followed() throws {
    let (directory, _) = try train(
      tinyOptions(scratch, Self.followed), into: "run", of: scratch)
    let text = try String(contentsOf: directory.configuration, encoding: .utf8)
    #expect(text.contains(#"diagnose: ["gradient-ratios", "layer-norms:layers=all"]"#))
    let run = try SavedRun(directory)
    let context = try run.diagnosticContext(budget: DiagnosticBudget(examples: 32))
    let ratios = try GradientNormRatios()(context)
    #expect(ratios.tables.map(\.name) == ["gradient-ratios", "gradient-ratios-by-epoch"])
    // The stem and three blocks, two of them with a projection on the shortcut; two epochs.
    #expect(ratios.tables[0]["kind"].map(\.text) == ["stem", "step", "transition", "transition"])
    #expect(ratios.tables[1].rows.count == 8)
    let log = try TrainingHistory(
      "", seed: 0, contentsOf: directory.url.appendingPathComponent("gradient-ratios.csv").path)
    let mean = try #require(log["stem"]).prefix(13).reduce(0, +) / 13
    #expect(abs(ratios.tables[1].numbers("ratio")[0] / mean - 1) < 1e-12)
    let norms = try LayerNorms()(context)
    #expect(norms.tables[1].rows.count == 26 * norms.tables[0].rows.count)
  }

  @Test("A training that was stopped and went on leaves the same bytes of what followed it")
  func resumed() throws {
    let options = try tinyOptions(scratch, Self.followed)
    let (whole, _) = try train(options, into: "whole", of: scratch)
    let run = TrainingRun(try RunConfiguration(resolving: options), version: "test")
    var steps = 0
    let (part, summary) = try run.start(
      output: scratch.path("part"),
      shouldStop: {
        steps += 1
        return steps == 17
      })
    #expect(summary.status == .interrupted)
    _ = try run.resume(part)
    for name in ["gradient-ratios.csv", "layer-norms.csv"] {
      let files = try [whole, part].map {
        try Data(contentsOf: $0.url.appendingPathComponent(name))
      }
      #expect(files[0] == files[1] && files[0].count > 1000, "\(name)")
    }
  }

  @Test("What cannot follow a training is refused before it begins")
  func refused() throws {
    for (name, part) in [
      ("robustness", "does not follow"), ("gradient-ratio", "gradient-ratios"),
      ("layer-norms, 'layer-norms:layers=2'", "name it once"),
    ] {
      #expect {
        try RunConfiguration(resolving: tinyOptions(scratch, "{diagnose: [\(name)]}"))
      } throws: { error in
        "\(error)".contains(part)
      }
    }
    // What only the network shows: no directory is left behind that would be in the way of the next try.
    #expect(throws: DiagnosticError.self) {
      try train(
        tinyOptions(scratch, "{diagnose: ['layer-norms:layers=999']}"), into: "run", of: scratch)
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("run")))
  }

  @Test("Runs that differ in their seed have one label, others are told apart")
  func labels() throws {
    var runs: [RunDirectory] = []
    for (name, yaml) in [
      ("a", "{seed: 1, epochs: 1}"), ("b", "{seed: 2, epochs: 1, threads: 1}"),
      ("c", "{h: 0.1, epochs: 1}"),
    ] {
      runs.append(try train(tinyOptions(scratch, yaml), into: name, of: scratch).directory)
    }
    let histories = try runs.histories()
    #expect(histories.map(\.label) == ["resnet-8, h 1", "resnet-8, h 1", "resnet-8, h 0.1"])
    #expect(histories.map(\.seed) == [1, 2, 1])
    #expect(histories.allSatisfy { $0.rows.count == 1 && $0["test_accuracy"]?.count == 1 })
    let again = RunDirectory(scratch.url.appendingPathComponent("./b/../a"))
    let error = #expect(throws: ArgumentError.self) { try (runs + [again]).histories() }
    #expect(error?.problem.contains("named twice") == true)
  }

  @Test("Every column of metrics.csv that is missing is named with the file; no epochs are said so")
  func metrics() throws {
    let (directory, _) = try train(
      tinyOptions(scratch, "{epochs: 1}"), into: "run", of: scratch)
    let lines = try String(contentsOf: directory.metrics, encoding: .utf8).split(separator: "\n")
    let columns = lines[0].split(separator: ",").map(String.init)
    for (number, column) in columns.enumerated() where column != "test_top5_accuracy" {
      var header = columns
      header[number] = "x" + column.dropFirst()
      for rows in [[], lines.dropFirst().map(String.init)] {
        let text = ([header.joined(separator: ",")] + rows).joined(separator: "\n")
        try Data(text.utf8).write(to: directory.metrics)
        let error = #expect(throws: DataError.self) { try [directory].histories() }
        #expect(error?.kind == .badData && error?.file == directory.metrics.path, "\(column)")
        #expect(error?.problem.contains("no column '") == true, "\(column)")
      }
    }
    for length in 0..<lines[0].utf8.count - 1 {
      try Data(lines[0].utf8.prefix(length)).write(to: directory.metrics)
      #expect(throws: DataError.self) { try [directory].histories() }
    }
    try Data((lines[0] + "\n").utf8).write(to: directory.metrics)
    let histories = try [directory].histories()
    for diagnostic in DiagnosticCatalog.all where diagnostic.input == .histories {
      let error = #expect(throws: DiagnosticError.self) {
        try diagnostic(DiagnosticContext("run", histories: histories))
      }
      #expect(error?.problem.contains("no epochs yet") == true)
    }
    #expect(try DirectoryReport(directory.url).page.sections[0].summary == ["no epochs yet"])
    // Going on writes the file again.
    _ = try TrainingRun(directory.readConfiguration(), version: "test").resume(directory)
    #expect(try [directory].histories()[0].rows.count == 1)
  }

  @Test("A report has the run and its diagnostics; without a renderer it says what helps")
  func report() throws {
    let (directory, _) = try train(tinyOptions(scratch), into: "run", of: scratch)
    #expect(throws: RunError.self) { try DirectoryReport(scratch.url.appendingPathComponent("no")) }
    #expect(throws: RunError.self) {
      try DirectoryReport(scratch.url.appendingPathComponent("data"))
    }
    let context = try SavedRun(directory).diagnosticContext(
      budget: DiagnosticBudget(examples: 32))
    let diagnostic = RelativeStep()
    let result = try diagnostic(context)
    let record = DiagnosticRecord(
      result, of: diagnostic, named: diagnostic.name, label: context.label, seconds: 1)
    try record.write(result, to: directory.url.appendingPathComponent("diagnostics/relative-step"))
    let report = try DirectoryReport(directory.url)
    #expect(report.page.sections.map(\.title).last == "relative-step: \(diagnostic.title)")
    #expect(report.page.unreadable.isEmpty)
    let (page, pictures, notice) = try report.write(
      renderer: PlotRenderer(environment: ["TIMESTEP_PYTHON": "/nonexistent/python"]))
    #expect(pictures.isEmpty && notice?.contains("pip install vl-convert-python") == true)
    let html = try String(contentsOf: page, encoding: .utf8)
    for part in [
      "Training and test over epochs", "Relative step size of every block", "stages.0.steps.0",
      "learning-rate", "final test accuracy", "pip install",
    ] {
      #expect(html.contains(part), "\(part)")
    }
  }
}
