import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// A network's first metric and its loss on examples of the test part.
struct TestEvaluation {
  /// The metric, a share between 0 and 1 where it is one.
  let metric: Double
  /// The mean loss over examples.
  let loss: Double
  /// The examples.
  let examples: Int

  /// Evaluates the network.
  ///
  /// - Parameters:
  ///   - most: the most examples to look at.
  ///   - name: the diagnostic, for errors.
  ///   - change: what becomes of the inputs of a batch.
  /// - Throws: ``DiagnosticError`` where there are no examples.
  init(
    of network: ResidualNetwork, on data: DiagnosticData, examples most: Int,
    pass: ForwardPass = .evaluation, for name: String,
    changing change: (Tensor) throws -> Tensor = { $0 }
  ) throws {
    var (sums, loss, count) = ([Double](), 0.0, 0)
    try data.forEachBatch(of: .test, examples: most) { batch in
      try withoutGradients {
        let outputs = try network(change(batch.inputs), pass)
        let more = try data.objective.sums(outputs, batch.targets, forAll: false)
        sums = sums.isEmpty ? more : zip(sums, more).map(+)
        loss += try data.objective.loss(outputs, batch.targets).scalar() * Double(batch.count)
      }
      count += batch.count
      return true
    }
    guard !sums.isEmpty else {
      throw DiagnosticError(.badData, name, "the test part holds no examples")
    }
    metric = data.objective.values(sums)[0]
    self.loss = loss / Double(count)
    examples = count
  }
}
