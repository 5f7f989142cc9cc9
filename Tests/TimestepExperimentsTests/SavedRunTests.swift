import Foundation
import TestSupport
import Testing
import TimestepExperiments
import TimestepTraining

@Suite("Runs that are read back")
struct SavedRunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("The evaluation of a saved run is that of its summary, also in other batches")
  func evaluation() throws {
    let (directory, summary) = try train(tinyOptions(scratch), into: "run", of: scratch)
    #expect(summary.status == .completed && summary.epochs == 2 && summary.steps == 26)
    let saved = try SavedRun(directory)
    let (result, logits, shape) = try #require(try saved.evaluate(.test))
    #expect(result.accuracy == summary.finalTestAccuracy && result.loss == summary.finalTestLoss)
    #expect(result.examples == 100 && shape == [100, 10] && logits.count == 1000)
    let (accuracy, topFive) = (result.accuracy ?? .nan, result[.topFiveAccuracy] ?? .nan)
    #expect(topFive >= accuracy)

    var other = RunOptions()
    other.batchSize = 33
    let again = try #require(try SavedRun(directory, overriding: other).evaluate(.test))
    #expect(again.result.accuracy == result.accuracy && abs(again.result.loss - result.loss) < 1e-5)
    #expect(zip(again.outputs, logits).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(try #require(try saved.evaluate(.train)).result.examples == 200)
    #expect(try saved.evaluate(.test, shouldStop: { true }) == nil)
  }

  @Test("An older checkpoint never stands for a damaged one")
  func damagedCheckpoint() throws {
    let (directory, _) = try train(
      tinyOptions(scratch, "checkpoint-every: 1e"), into: "run", of: scratch)
    let names = scratch.names(in: "run/checkpoints").sorted()
    let newest = try #require(names.count > 1 ? names.last : nil)
    let file = "run/checkpoints/\(newest)/parameters.safetensors"
    var bytes = try scratch.bytes(file)
    bytes[bytes.count - 1] ^= 1
    try scratch.write(bytes, to: file)
    let error = runError { try SavedRun(directory) }
    #expect(error?.kind == .badData)
    #expect(error?.description.contains(newest) == true, "\(String(describing: error))")
    #expect(error?.description.contains("goes on from \(names[names.count - 2])") == true)
  }

  @Test("metrics.csv, summary.json and config.yaml agree")
  func files() throws {
    let (directory, summary) = try train(tinyOptions(scratch), into: "run", of: scratch)
    let rows = try String(contentsOf: directory.metrics, encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 3)
    let last = try #require(rows.last).split(separator: ",").map { Double($0) }
    #expect(last[1] == Double(summary.steps) && last[5] == summary.finalTestAccuracy)
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: directory.summary))
    let keys = Set(try #require(json as? [String: Any]).keys)
    #expect(
      keys.isSuperset(of: [
        "network", "parameters", "dataset", "seed", "status", "final_test_accuracy",
        "best_test_accuracy", "final_test_loss", "final_train_loss", "images_per_second",
        "wall_seconds", "peak_memory_bytes", "precision", "device", "threads", "libtorch",
        "version",
      ]))
    #expect(try directory.readConfiguration().networkName == summary.network)
    #expect(summary.peakMemoryBytes > 1 << 20 && summary.wallSeconds > 0)
  }

  @Test("A run that starts from another's weights begins where that one ended")
  func initializeFrom() throws {
    let (first, summary) = try train(tinyOptions(scratch), into: "first", of: scratch)
    let weights = try first.parametersFile().path
    let options = try tinyOptions(scratch, "{initialize-from: '\(weights)', seed: 9}")
    let network = try RunConfiguration(resolving: options).makeNetwork()
    let saved = try SavedRun(first).network
    for (a, b) in zip(network.parameters.all, saved.parameters.all) {
      #expect(a.path == b.path)
      #expect(try a.value.scalars(Float.self) == b.value.scalars(Float.self))
    }
    #expect(summary.status == .completed)
  }
}
