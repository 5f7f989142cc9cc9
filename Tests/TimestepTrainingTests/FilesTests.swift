import Foundation
import TestSupport
import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

@Suite("Files and lines of a training")
struct FilesTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("metrics.csv has its header from the start and one row per epoch that reads back exactly")
  func metrics() throws {
    let file = scratch.url.appendingPathComponent("metrics.csv")
    let metrics = try MetricsFile(file)
    func lines() throws -> [String] {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.hasSuffix("\n"))
      return text.split(separator: "\n").map(String.init)
    }
    let header =
      "epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,loss_spikes,"
      + "seconds,images_per_second"
    #expect(try lines() == [header])

    let trainer = try denseTrainer(epochs: 2)
    trainer.observers = [metrics]
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    let rows = try lines().dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(rows.count == 2)
    for (row, record) in zip(rows, outcome.epochs) {
      #expect(
        row.prefix(7) == [
          Double(record.epoch), Double(record.step), record.trainLoss, record.trainMetric,
          record.test.loss, record.testAccuracy ?? .nan, record.learningRate,
        ])
      #expect(row[7] == Double(record.lossSpikes))
      #expect(row.count == 10 && abs(row[8] - record.seconds) < 1e-3)
    }
    #expect(scratch.names() == ["metrics.csv"])
  }

  @Test(
    "Durations are short and readable",
    arguments: [
      (0, "0 s"), (0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (61, "1:01"), (600, "10:00"),
      (3599.6, "1:00:00"), (3723, "1:02:03"), (90_000, "25:00:00"), (-1, "?"), (.nan, "?"),
      (.infinity, "?"), (1e300, "?"),
    ])
  func durations(seconds: Double, text: String) {
    #expect(ProgressDisplay.duration(seconds) == text)
  }

  @Test("A file of metrics that cannot be made says which")
  func unwritable() throws {
    try scratch.write("", to: "file")
    let file = URL(fileURLWithPath: scratch.path("file/metrics.csv"))
    let error = #expect(throws: AtomicFile.WriteError.self) { try MetricsFile(file) }
    #expect(error?.cannotCreate == true && error?.file == file.path)
  }
}
