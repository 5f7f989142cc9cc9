import TimestepData

/// What happens during training, in order: one `began`, then steps and epochs, then one `ended`; notices at any time.
public enum TrainingEvent: Sendable {
  /// Training starts.
  case began(TrainingPlan)
  /// The parameters were changed once.
  case step(StepRecord)
  /// An epoch was trained and the model evaluated.
  case epoch(EpochRecord)
  /// Something that its user should know, and that does not keep the training from going on.
  case notice(String)
  /// Something that was measured about the training.
  case remark(String)
  /// Nothing more will happen.
  case ended(TrainingOutcome)
}

/// How much there is to do.
public struct TrainingPlan: Sendable {
  /// Passes over the training set.
  public var epochs: Int
  /// Steps in a whole epoch.
  public var stepsPerEpoch: Int
  /// Steps in all, where a limit cuts the last epoch short.
  public var steps: Int
  /// What is measured; the first one in training too.
  public var metrics: [Metric]
  /// What the examples are.
  public var elementKind: ElementKind
}

/// One change of the parameters.
public struct StepRecord: Sendable {
  /// The epoch it belongs to, from 0.
  public var epoch: Int
  /// Its number, from 1 over the whole training.
  public var step: Int
  /// The mean loss over the batch, before the change.
  public var loss: Double
  /// The objective's first metric over the batch, such as its accuracy, before the change.
  public var metric: Double
  /// The learning rate used.
  public var learningRate: Double
  /// The Euclidean norm of the whole gradient, before it was clipped.
  public var gradientNorm: Double
  /// Whether the loss stands out from those before it, ``LossSpikes``.
  public var isSpike: Bool
  /// Examples in the batch.
  public var examples: Int
  /// Seconds since the training began, evaluation included.
  public var elapsed: Double
  /// The gradient-norm ratios of the blocks, in the steps in which ``Trainer/ratioInterval`` asks for them.
  public var ratios: GradientRatios?
  /// The seconds of the step that measuring them took.
  public var ratioSeconds = 0.0
}

/// One pass over the training set and the evaluation after it.
public struct EpochRecord: Sendable {
  /// Its number, from 1.
  public var epoch: Int
  /// Steps made since training began.
  public var step: Int
  /// The mean over the epoch's examples, each measured just before it was learned from.
  public var trainLoss: Double
  /// The same for the objective's first metric, such as the accuracy.
  public var trainMetric: Double
  /// What was measured on the test set.
  public var test: Evaluation
  /// The learning rate of the epoch's last step.
  public var learningRate: Double
  /// How many of its steps had a loss that stood out, ``LossSpikes``.
  public var lossSpikes: Int
  /// Seconds of training, without evaluation.
  public var seconds: Double
  /// Training examples per second of training.
  public var imagesPerSecond: Double
}

extension EpochRecord {
  /// The share of the test set classified correctly, where there are classes.
  public var testAccuracy: Double? { test[.accuracy] }
}

/// How training ended.
public struct TrainingOutcome: Sendable {
  /// The ways to end.
  public enum Status: String, Sendable, Codable {
    /// Everything planned was done.
    case completed
    /// The loss or the gradient was not a finite number.
    case diverged
    /// A signal or the program asked to stop.
    case interrupted
  }
  /// The way it ended.
  public var status: Status
  /// Steps made.
  public var steps: Int
  /// The epochs that were completed.
  public var epochs: [EpochRecord]
  /// Training examples per second over all training time; nil when no step was made.
  public var imagesPerSecond: Double?
  /// Where and why, when it diverged.
  public var divergence: Divergence?
  /// How many steps had a loss that stood out.
  public var lossSpikes: Int

  /// Where and why, in one line.
  public var message: String? { divergence?.description }
}

/// Something that follows a training without changing it: a progress bar, a file of metrics.
public protocol TrainingObserver: AnyObject {
  /// Is told of every event in order, on the training's thread.
  func receive(_ event: TrainingEvent) throws
}

extension Sequence<any TrainingObserver> {
  /// Tells all of them of an event.
  public func send(_ event: TrainingEvent) throws {
    for observer in self { try observer.receive(event) }
  }
}
