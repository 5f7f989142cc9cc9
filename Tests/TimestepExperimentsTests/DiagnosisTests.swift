import Foundation
import TestSupport
import Testing
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
    for (name, part) in [("robustness", "does not follow"), ("gradient-ratio", "gradient-ratios")] {
      #expect {
        try RunConfiguration(resolving: tinyOptions(scratch, "{diagnose: [\(name)]}"))
      } throws: { error in
        "\(error)".contains(part)
      }
    }
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
