import TimestepData
import TimestepLayers
import TimestepTorch

/// How well a model classifies a data set.
public struct Evaluation: Sendable, Codable, Equatable {
  /// The mean cross-entropy in nats.
  public var loss: Double
  /// The share whose most probable class is the right one.
  public var top1: Double
  /// The share whose right class is among the five most probable; nil for five classes or fewer.
  public var top5: Double?
  /// The number of examples.
  public var examples: Int

  /// Evaluates the model, without gradients and with running statistics.
  ///
  /// - Parameters:
  ///   - batches: one pass over the data set.
  ///   - collect: is given the logits `[N, classes]` of each batch, in order.
  ///   - shouldStop: is asked before every batch; when it answers yes, the result is nil.
  public static func of(
    _ model: any Layer, on batches: EpochBatches, dataType: DataType = .float32,
    device: Device = .cpu, collect: ((Tensor) throws -> Void)? = nil,
    shouldStop: () -> Bool = { false }
  ) throws -> Evaluation? {
    try withoutGradients {
      var (loss, top1, top5, examples, classes) = (0.0, 0.0, 0.0, 0, 0)
      while let host = try batches.next() {
        if shouldStop() { return nil }
        let batch = try host.tensors(dataType, on: device)
        let logits = try model(batch.inputs, .evaluation)
        classes = logits.shape.last ?? 0
        loss += try logits.crossEntropy(batch.labels).scalar() * Double(batch.count)
        top1 += try logits.correct(batch.labels)
        if classes > 5 {
          let best = try logits.topK(5).indices
          top5 += try best.equal(batch.labels.unsqueezed(1)).cast(to: .float64).sum().scalar()
        }
        examples += batch.count
        try collect?(logits)
      }
      let count = Double(max(examples, 1))
      return Evaluation(
        loss: loss / count, top1: top1 / count, top5: classes > 5 ? top5 / count : nil,
        examples: examples)
    }
  }
}

extension Tensor {
  /// The number of rows of logits whose largest entry is the label's.
  func correct(_ labels: Tensor) throws -> Double {
    try argmax(1).equal(labels).cast(to: .float64).sum().scalar()
  }
}
