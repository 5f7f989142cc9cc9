import Foundation
import TestSupport
import Testing
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

  @Test("What does not follow a training is refused with those that do")
  func refused() {
    #expect {
      try DiagnosticCatalog.follower(named: "robustness")
    } throws: { error in
      "\(error)".contains("gradient-ratios") && "\(error)".contains("layer-norms")
    }
  }
}
