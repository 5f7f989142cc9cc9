import TimestepTorch

/// One class for each example: the mean cross-entropy in nats of `[N, classes]` logits.
///
/// ```
/// loss = mean over n of -log softmax(z_n)[y_n]
/// ```
public struct ClassificationObjective: Objective {
  /// The number of classes.
  public let classes: Int

  /// Creates the objective.
  public init(classes: Int) { self.classes = classes }

  public var metrics: [Metric] { classes > 5 ? [.accuracy, .topFiveAccuracy] : [.accuracy] }

  public func loss(_ outputs: Tensor, _ targets: Tensor) throws -> Tensor {
    try outputs.crossEntropy(targets)
  }

  /// Examples, those classified correctly, and those with the right class among the five most probable.
  public func sums(_ outputs: Tensor, _ targets: Tensor, forAll: Bool) throws -> [Double] {
    let correct = try outputs.argmax(1).equal(targets).cast(to: .float64).sum().scalar()
    let sums = [Double(targets.shape[0]), correct]
    guard forAll, classes > 5 else { return sums }
    let best = try outputs.topK(5).indices
    return sums + [try best.equal(targets.unsqueezed(1)).cast(to: .float64).sum().scalar()]
  }

  public func values(_ sums: [Double]) -> [Double] { sums.dropFirst().map { $0 / max(sums[0], 1) } }
}
