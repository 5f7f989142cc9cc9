import Foundation
import TestSupport
import Testing
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Diagnostics that follow a training.
@Suite("Diagnostics during training")
struct FollowingTests {
  private final class Recorder: TrainingObserver {
    var steps: [StepRecord] = []
    func receive(_ event: TrainingEvent) throws {
      if case .step(let it) = event { steps.append(it) }
    }
  }

  private func train(
    _ diagnostics: [String], _ scratch: Scratch, precision: DataType = .float32
  ) throws -> (Recorder, [any DiagnosticLog], ResidualNetwork) {
    let network = try NetworkCatalog.make("dense-5", seed: 7, dataType: precision)
    let trainer = Trainer(
      model: network, parameters: network.parameters,
      optimizer: try SGD(network.parameters.trainable), schedule: StepSchedule(initial: 0.05),
      epochs: 2)
    func loader(_ split: DatasetSplit) throws -> BatchLoader {
      try BatchLoader(
        dataset: TwoMoons(count: 100, noise: 0.1).makeDataset(split: split),
        options: BatchOptions(batchSize: 32))
    }
    let logs = try diagnostics.map {
      try DiagnosticCatalog.follower(named: $0).follow(
        trainer, of: network, in: scratch.url, keeping: [:])
    }
    let recorder = Recorder()
    trainer.observers = [recorder]
    for log in logs { trainer.observers.append(log) }
    _ = try trainer.train(on: loader(.train), testing: loader(.test))
    return (recorder, logs, network)
  }

  @Test("Ratios of every step are in the file, and change no bit of the training")
  func ratios() throws {
    let scratch = try Scratch()
    let (plain, _, one) = try train([], scratch)
    #expect(plain.steps.count == 8 && plain.steps.allSatisfy { $0.ratios == nil })
    let (followed, logs, other) = try train(["gradient-ratios"], scratch)
    for (a, b) in zip(one.parameters.all, other.parameters.all) {
      #expect(try a.value.scalars(Float.self) == b.value.scalars(Float.self))
    }
    let log = try TrainingHistory(
      "log", seed: 0, contentsOf: scratch.path(GradientRatioLog.fileName))
    #expect(log.rows.count == 8 && log["step"] == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(log["epoch"] == [1, 1, 1, 1, 2, 2, 2, 2])
    #expect(log.columns.dropFirst(2).first == "stem" && log.columns.count == 2 + 6)
    for (row, record) in zip(log.rows, followed.steps) {
      let ratios = try #require(record.ratios).blocks.map(\.ratio)
      for (a, b) in zip(row.dropFirst(2), ratios) { #expect(abs(a / b - 1) < 1e-8) }
    }
    #expect(logs[0].cost.rows == 8 && logs[0].cost.seconds > 0)
    #expect(logs[0].cost.description.contains("8 measurements"))
    let (some, _, _) = try train(["gradient-ratios:every=3"], Scratch())
    #expect(some.steps.filter { $0.ratios != nil }.map(\.step) == [3, 6])
  }

  @Test("Norms of layers in the file are those after the step")
  func norms() throws {
    let scratch = try Scratch()
    let (_, _, network) = try train(["layer-norms:layers=1+2+11"], scratch)
    let log = try TrainingHistory("log", seed: 0, contentsOf: scratch.path(LayerNormLog.fileName))
    #expect(log.rows.count == 8 && log.columns.count == 2 + 6)
    let last = try #require(log["weight 2 stages.0.steps.0.field.linear2"]?.last)
    let weight = try #require(network.parameters["stages.0.steps.0.field.linear2.weight"])
    let expected = try weight.value.cast(to: .float64).norm().scalar()
    #expect(abs(last / expected - 1) < 1e-6)
    #expect(try #require(log["gradient 11 head.linear"]).allSatisfy { $0 > 0 })
    #expect(throws: DiagnosticError.self) { try train(["layer-norms:layers=99"], Scratch()) }
  }

  @Test("What a network does not have is refused before a training")
  func checked() throws {
    let network = try NetworkCatalog.make("dense-5", seed: 7)
    for (name, part) in [
      ("layer-norms:layers=999", "there is no layer 999"),
      ("gradient-ratios:batches=2", "for a finished run"),
    ] {
      let error = #expect(throws: DiagnosticError.self) {
        try DiagnosticCatalog.follower(named: name).checkFollowing(network)
      }
      #expect(error?.kind == .doesNotApply && error?.problem.contains(part) == true)
    }
    for diagnostic in DiagnosticCatalog.all.compactMap({ $0 as? any TrainingDiagnostic }) {
      #expect(throws: Never.self) { try diagnostic.checkFollowing(network) }
    }
  }

  @Test("Two that would write one file are refused")
  func twice() throws {
    for diagnostic in DiagnosticCatalog.all where diagnostic is any TrainingDiagnostic {
      let names = [diagnostic.name, "\(diagnostic.name):every=2"]
      let error = #expect(throws: ArgumentError.self) {
        try DiagnosticCatalog.followers(named: names)
      }
      #expect(error?.problem.contains("name it once") == true)
      #expect(try DiagnosticCatalog.followers(named: [names[1]]).count == 1)
    }
  }

  @Test("Layers are chosen on a finished run as well; steps of a training are not")
  func chosenLayers() throws {
    let scratch = try Scratch()
    _ = try train(["layer-norms:layers=1+2+11"], scratch)
    var context = try Subjects.points("dense-5")
    context.directory = scratch.url
    let whole = try context.result(of: "layer-norms")
    let some = try context.result(of: "layer-norms:layers=2+5")
    #expect(some.tables[0]["layer"] == [.integer(2), .integer(5)])
    #expect(whole.tables[0].rows.contains(some.tables[0].rows[1]))
    #expect(Set(whole.tables[1]["layer"]).count == 3 && Set(some.tables[1]["layer"]).count == 1)
    let others = try context.result(of: "layer-norms:layers=5")
    #expect(others.tables.count == 1 && others.summary.last?.contains("none of these") == true)
    for name in ["layer-norms:layers=999", "layer-norms:every=2", "gradient-ratios:every=2"] {
      let error = #expect(throws: DiagnosticError.self) { try context.result(of: name) }
      #expect(error?.kind == .doesNotApply)
    }
  }

  @Test("A damaged file of a followed training is named with the column")
  func damaged() throws {
    let scratch = try Scratch()
    var context = try Subjects.points("dense-5")
    context.directory = scratch.url
    for (file, name, column) in [
      (LayerNormLog.fileName, "layer-norms", "gradient 2 b"),
      (GradientRatioLog.fileName, "gradient-ratios", "epoch"),
    ] {
      let text =
        name == "layer-norms" ? "step,epoch,weight 2 b\n1,1,3\n" : "step,epo\n1,1\n"
      try scratch.write(text, to: file)
      let error = #expect(throws: DataError.self) { try context.result(of: name) }
      #expect(error?.description.contains(file) == true, "\(name)")
      #expect(error?.description.contains("'\(column)'") == true, "\(name)")
    }
  }

  @Test(
    "An epoch or a step that is no whole number is named with its line",
    arguments: ["", "1.5", "nan", "1e300"])
  func damagedCounts(field: String) throws {
    let scratch = try Scratch()
    for (column, row) in [("epoch", "\(field),1,2"), ("step", "1,\(field),2")] {
      let path = try scratch.write("epoch,step,stem\n1,1,\n\(row)\n", to: "log.csv")
      let error = #expect(throws: DataError.self) {
        try TrainingHistory("log", seed: 0, contentsOf: path)
      }
      let text = "line 3: the \(column) '\(field)' is no whole number"
      #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }
  }

  @Test("What does not follow a training is refused with those that do")
  func refused() {
    #expect {
      try DiagnosticCatalog.follower(named: "robustness")
    } throws: { error in
      "\(error)".contains("gradient-ratios") && "\(error)".contains("layer-norms")
    }
  }
}
