import TimestepData
import TimestepNetworks
import TimestepTorch

/// The shares of test examples whose class is not the first, and not among the first five.
struct TopErrors {
  let top1: Double
  let top5: Double

  /// Evaluates a saved run.
  init(of run: SavedRun) throws {
    let loader = try run.configuration.makeLoader(.test, forTraining: false)
    let batches = loader.batches(epoch: 0)
    defer { batches.cancel() }
    var (first, five, examples) = (0.0, 0.0, 0)
    try withoutGradients {
      while let host = try batches.next() {
        let batch = try host.tensors(
          run.configuration.precision.parameters, on: run.configuration.device)
        let outputs = try run.network(batch.inputs, .evaluation)
        let best = try outputs.topK(min(5, outputs.shape[1])).indices
        let hits = try best.equal(batch.targets.reshaped([batch.count, 1])).cast(to: .float64)
        first += try hits.sliced(0..<1, axis: 1).sum().scalar()
        five += try hits.sum().scalar()
        examples += batch.count
      }
    }
    top1 = 1 - first / Double(max(examples, 1))
    top5 = 1 - five / Double(max(examples, 1))
  }
}
