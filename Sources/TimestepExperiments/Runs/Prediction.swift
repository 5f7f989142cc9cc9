import TimestepData
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// What a network says about one input.
public struct Prediction: Sendable, Encodable {
  /// A class or an output, and its probability or value.
  public struct Entry: Sendable, Encodable {
    /// The name of the class, or of the number.
    public let name: String
    /// The probability of a class.
    public let probability: Double?
    /// The value of a number.
    public let value: Double?
  }

  /// The input: a text, a line or a path.
  public let input: String
  /// The most probable classes, the first one first; or the numbers.
  public let entries: [Entry]
}

extension SavedRun {
  /// Whether the network takes texts.
  public var takesTexts: Bool { configuration.dataset.elementKind == .texts }
  /// Whether the network takes images.
  public var takesImages: Bool { configuration.dataset.elementKind == .images }

  /// Throws ``RunError`` for a network that gives a class to each pixel, which is no prediction of this form.
  public func checkThatItPredicts() throws {
    guard configuration.dataset.task.kind != .segmentation else {
      throw RunError(
        .configuration,
        "\(directory.url.path): its network gives a class to each pixel, and predictions are of a class or of "
          + "numbers; 'timestep evaluate' writes its outputs with --logits")
    }
  }

  /// What the network says about inputs, each with a name, prepared as in an evaluation.
  ///
  /// - Parameter top: how many classes are kept.
  /// - Throws: ``RunError`` for a network that gives a class to each pixel.
  public func predict(
    _ inputs: any Dataset, names: [String], top: Int = 5
  ) throws -> [Prediction] {
    try checkThatItPredicts()
    let task = configuration.dataset.task
    let batches = try configuration.makeLoader(inputs).batches(epoch: 0)
    defer { batches.cancel() }
    var rows: [[Double]] = []
    while let batch = try batches.next() {
      let values: [Double] = try withoutGradients {
        let tensors = try batch.tensors(
          configuration.precision.parameters, on: configuration.device)
        let outputs = try network(tensors.inputs, .evaluation)
        let result = task.kind == .classification ? try outputs.softmax() : outputs
        return try result.scalars(Double.self)
      }
      let size = values.count / max(batch.count, 1)
      rows += (0..<batch.count).map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
    }
    return zip(names, rows).map { name, row in
      var entries = zip(task.names, row).map { output, value in
        task.kind == .classification
          ? Prediction.Entry(name: output, probability: value, value: nil)
          : Prediction.Entry(name: output, probability: nil, value: value)
      }
      if task.kind == .classification {
        // Of equally probable classes the first comes first.
        entries = entries.enumerated().sorted {
          ($1.element.probability ?? 0, $0.offset) < ($0.element.probability ?? 0, $1.offset)
        }.prefix(top).map(\.element)
      }
      return Prediction(input: name, entries: entries)
    }
  }
}
