import TimestepData

extension TensorBatch {
  /// The first examples of a batch.
  func prefix(_ examples: Int) throws -> TensorBatch {
    guard examples < count else { return self }
    return TensorBatch(
      inputs: try inputs.sliced(0..<examples), targets: try targets.sliced(0..<examples),
      count: examples)
  }
}
