import Foundation

/// Where a training is, but for its tensors: enough to go on in the middle of an epoch.
///
/// The order of examples and their augmentation follow from (seed, epoch, example), so that the place in the epoch is
/// all that is needed of them.
public struct TrainingState: Sendable, Codable {
  /// Steps made.
  public var step = 0
  /// The epoch at hand, from 0; the number of epochs where all are done.
  public var epoch = 0
  /// Its batches that were learned from.
  public var batch = 0
  /// Whether no batch of it will follow, and it is not yet evaluated.
  public var awaitsEvaluation = false
  /// The sum of the losses of its examples.
  public var epochLoss = 0.0
  /// The sums of which its metric is made.
  public var epochSums: [Double] = []
  /// Its examples that were learned from.
  public var epochExamples = 0
  /// Seconds of training in it.
  public var epochSeconds = 0.0
  /// Examples that were learned from in all epochs.
  public var examples = 0
  /// Seconds of training in all epochs.
  public var seconds = 0.0
  /// Seconds since training began, evaluations included and pauses between two processes not.
  public var elapsed = 0.0
  /// The learning rate of the last step.
  public var rate = 0.0
  /// The epochs that were completed.
  public var records: [EpochRecord] = []
  /// Where and why the training diverged; nil where it did not.
  public var divergence: Divergence?
  /// The losses of the last steps, and those that stood out.
  public var spikes = LossSpikes()
  /// The gradient-norm ratios that were measured last.
  public var ratios: GradientRatios?
  /// How long the files were that grow from step to step, in bytes, by their names.
  public var logs: [String: Int] = [:]

  /// The state before the first step.
  public init() {}

  /// Notes a step.
  mutating func add(_ count: Int, loss: Double, sums: [Double], rate: Double, seconds: Double) {
    step += 1
    batch += 1
    examples += count
    epochExamples += count
    epochLoss += loss * Double(count)
    epochSums = epochSums.count == sums.count ? zip(epochSums, sums).map(+) : sums
    self.seconds += seconds
    epochSeconds += seconds
    self.rate = rate
  }

  /// Goes over to the next epoch.
  mutating func finishEpoch(_ record: EpochRecord) {
    records.append(record)
    epoch += 1
    batch = 0
    awaitsEvaluation = false
    spikes.finishEpoch()
    (epochLoss, epochSums, epochExamples, epochSeconds) = (0, [], 0, 0)
  }

  /// Losses and metrics may be infinite or no numbers; JSON has words for neither.
  private static let words = (positive: "inf", negative: "-inf", nan: "nan")

  /// The state as JSON, in which every number is exact.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.words.positive, negativeInfinity: Self.words.negative,
      nan: Self.words.nan)
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads the JSON back.
  init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.words.positive, negativeInfinity: Self.words.negative,
      nan: Self.words.nan)
    self = try decoder.decode(TrainingState.self, from: json)
    // Numbers that no training reaches would overflow later.
    for count in [step, epoch, batch, epochExamples, examples] where !(0...1 << 53 ~= count) {
      throw CocoaError(.coderInvalidValue)
    }
  }
}

extension EpochRecord: Codable {
  private enum Key: String, CodingKey {
    case epoch, step, trainLoss, trainMetric, testLoss, testMetrics, testValues, testExamples
    case learningRate, lossSpikes, seconds, imagesPerSecond
  }

  /// Reads a record of a checkpoint.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let test = Evaluation(
      loss: try container.decode(Double.self, forKey: .testLoss),
      metrics: try container.decode([Metric].self, forKey: .testMetrics),
      values: try container.decode([Double].self, forKey: .testValues),
      examples: try container.decode(Int.self, forKey: .testExamples))
    guard test.metrics.count == test.values.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .testValues, in: container, debugDescription: "a value for each metric is needed")
    }
    self.init(
      epoch: try container.decode(Int.self, forKey: .epoch),
      step: try container.decode(Int.self, forKey: .step),
      trainLoss: try container.decode(Double.self, forKey: .trainLoss),
      trainMetric: try container.decode(Double.self, forKey: .trainMetric), test: test,
      learningRate: try container.decode(Double.self, forKey: .learningRate),
      lossSpikes: try container.decode(Int.self, forKey: .lossSpikes),
      seconds: try container.decode(Double.self, forKey: .seconds),
      imagesPerSecond: try container.decode(Double.self, forKey: .imagesPerSecond))
  }

  /// Writes every field, and those of the evaluation beside them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(step, forKey: .step)
    try container.encode(trainLoss, forKey: .trainLoss)
    try container.encode(trainMetric, forKey: .trainMetric)
    try container.encode(test.loss, forKey: .testLoss)
    try container.encode(test.metrics, forKey: .testMetrics)
    try container.encode(test.values, forKey: .testValues)
    try container.encode(test.examples, forKey: .testExamples)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(lossSpikes, forKey: .lossSpikes)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
  }
}
