import TimestepData
import TimestepLayers
import TimestepTorch

/// How well a model does on a data set.
public struct Evaluation: Sendable, Equatable {
  /// The mean loss: cross-entropy in nats, or half the squared error.
  public var loss: Double
  /// What was measured, in the order of the objective.
  public var metrics: [Metric]
  /// The values of the metrics.
  public var values: [Double]
  /// The number of examples.
  public var examples: Int

  /// The value of a metric, if it was measured.
  public subscript(_ metric: Metric) -> Double? {
    metrics.firstIndex(of: metric).map { values[$0] }
  }

  /// The share classified correctly, where there are classes.
  public var accuracy: Double? { self[.accuracy] }

  /// Evaluates the model, without gradients and with running statistics.
  ///
  /// - Parameters:
  ///   - objective: the loss and what is measured.
  ///   - batches: one pass over the data set.
  ///   - collect: is given the model's outputs for each batch, in order.
  ///   - shouldStop: is asked before every batch; when it answers yes, the result is nil.
  public static func of(
    _ model: any Layer, for objective: any Objective, on batches: EpochBatches,
    dataType: DataType = .float32, device: Device = .cpu,
    collect: ((Tensor) throws -> Void)? = nil, shouldStop: () -> Bool = { false }
  ) throws -> Evaluation? {
    try withoutGradients {
      var (loss, sums, examples) = (0.0, [Double](), 0)
      while let host = try batches.next() {
        if shouldStop() { return nil }
        let batch = try host.tensors(dataType, on: device)
        let outputs = try model(batch.inputs, .evaluation)
        loss += try objective.loss(outputs, batch.targets).scalar() * Double(batch.count)
        let more = try objective.sums(outputs, batch.targets, forAll: true)
        sums = sums.isEmpty ? more : zip(sums, more).map(+)
        examples += batch.count
        try collect?(outputs)
      }
      return Evaluation(
        loss: loss / Double(max(examples, 1)), metrics: objective.metrics,
        values: sums.isEmpty
          ? objective.metrics.map { _ in .nan } : objective.values(sums),
        examples: examples)
    }
  }
}

extension Evaluation: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// `loss`, `examples` and each metric under its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(loss, forKey: Key(stringValue: "loss"))
    try container.encode(examples, forKey: Key(stringValue: "examples"))
    for (metric, value) in zip(metrics, values) {
      try container.encode(value, forKey: Key(stringValue: metric.name))
    }
  }
}
