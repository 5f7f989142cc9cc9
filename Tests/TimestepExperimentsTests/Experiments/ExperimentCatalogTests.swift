import Foundation
import TestSupport
import Testing
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepTorch

import TimestepExperiments

/// An experiment as an argument of a test.
struct NamedExperiment: Sendable, CustomTestStringConvertible {
  let experiment: any Experiment
  var testDescription: String { experiment.id }

  static let all = ExperimentCatalog.all.map { NamedExperiment(experiment: $0) }
}

@Suite("The catalog of experiments") struct ExperimentCatalogTests {
  @Test("Ids are one for each, with a source's name first") func ids() {
    let ids = ExperimentCatalog.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(ExperimentCatalog.all.allSatisfy { $0.group != nil })
  }

  @Test("Groups and ids are found, others refused with the nearest") func names() throws {
    for group in ExperimentGroup.allCases {
      let members = ExperimentCatalog.all.filter { $0.group == group }
      guard !members.isEmpty else { continue }
      #expect(
        try ExperimentCatalog.experiments(named: [group.rawValue, members[0].id]).map(\.id)
          == members.map(\.id))
    }
    #expect(throws: UnknownNameError.self) {
      try ExperimentCatalog.experiments(named: ["robust/fig99"])
    }
  }

  @Test(
    "Every plan resolves at every scale, its settings fit its axes and differ",
    arguments: NamedExperiment.all)
  func plans(named: NamedExperiment) throws {
    for scale in ExperimentScale.allCases {
      let plan = try named.experiment.plan(scale)
      #expect(plan.settings.allSatisfy { $0.values.count == plan.axes.count })
      #expect(Set(plan.seeds).count == plan.seeds.count)
      let trials = try plan.trials()
      let places = trials.map { "\($0.values) \($0.seed)" }
      #expect(Set(places).count == places.count, "two settings at one place")
      for setting in plan.settings {
        for (value, column) in zip(setting.values, plan.axes) {
          var table = DiagnosticTable("t", "t", source: "t", columns: [column])
          #expect(throws: Never.self) { try table.append([value]) }
        }
      }
      if scale == .smoke {
        #expect(plan.seeds.count <= 1 || plan.settings.isEmpty, "one seed is enough to try it")
        for setting in plan.settings {
          let options = setting.options
          let steps = options.maxSteps ?? .max
          #expect(
            steps <= 8 || options.network?.hasPrefix("dense") == true
              || (options.trainLimit ?? 1000) <= 1000)
        }
      }
    }
  }

  @Test("Without ImageNet the full table of ImageNet is an error that names it")
  func missingData() throws {
    let experiment = try #require(
      try ExperimentCatalog.experiments(named: ["lm/table3"]).first)
    #expect {
      try experiment.result(ExperimentContext(scale: .full))
    } throws: { error in
      (error as? DataError)?.kind == .notFound && "\(error)".contains("ImageNet")
    }
  }

  /// Those that need no training are cheap: they are carried out.
  static let computed = NamedExperiment.all.filter {
    (try? $0.experiment.plan(.smoke).settings.isEmpty) ?? false
  }

  @Test(
    "Experiments without trainings give tables, plots that fit them, and claims",
    arguments: computed)
  func results(named: NamedExperiment) throws {
    let result = try named.experiment.result(ExperimentContext(scale: .smoke, seconds: 5))
    #expect(!result.figures.tables.isEmpty)
    #expect(result.figures.tables.allSatisfy { !$0.rows.isEmpty })
    for plot in result.figures.plots {
      #expect(throws: Never.self) { try plot.specification(result.figures.tables) }
    }
    let scratch = try Scratch()
    let record = ExperimentRecord(
      named.experiment, result, scale: .smoke, reductions: [],
      assumptions: named.experiment.assumptions, version: "test")
    let directory = URL(fileURLWithPath: scratch.path("result"))
    try record.write(result.figures, to: directory)
    let report = try DirectoryReport(directory)
    #expect(try report.page.html(nil).contains(named.experiment.id))
  }
}
