import Foundation
import TimestepData
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// A configuration carried out: trains, evaluates, and leaves a run directory.
public struct TrainingRun {
  /// What is carried out.
  public let configuration: RunConfiguration
  /// The version of the program, for the summary.
  public let version: String

  /// Creates a run; nothing happens yet.
  public init(_ configuration: RunConfiguration, version: String) {
    self.configuration = configuration
    self.version = version
  }

  /// Sets the engine up as the configuration says: threads, GPU.
  public static func prepareEngine(_ configuration: RunConfiguration) throws {
    try Torch.setThreads(configuration.threads)
    if case .cuda = configuration.device {
      let reason: String
      do {
        if try Torch.loadCUDA() { return }
        reason = "no NVIDIA GPU or driver was found"
      } catch { reason = "\(error)" }
      throw RunError(
        .unavailable,
        "device cuda: \(reason). Install a PyTorch with CUDA and name it by LIBTORCH, or use "
          + "--device cpu")
    }
  }

  /// Everything that can fail before the first step, done before anything is written.
  private struct Prepared {
    let network: ResidualNetwork
    let training: BatchLoader
    let testing: BatchLoader
    let trainer: Trainer
  }

  private func prepare() throws -> Prepared {
    try Self.prepareEngine(configuration)
    let training = try configuration.makeLoader(.train, forTraining: true)
    let testing = try configuration.makeLoader(.test, forTraining: false)
    let network = try configuration.makeNetwork()
    let optimizer = try configuration.optimizer.make(
      network.parameters.trainable, configuration.optimizerSettings)
    let trainer = Trainer(
      model: network, parameters: network.parameters, optimizer: optimizer,
      schedule: configuration.schedule, epochs: configuration.epochs,
      maxSteps: configuration.maxSteps, constraints: network.constraints)
    return Prepared(network: network, training: training, testing: testing, trainer: trainer)
  }

  /// Trains into a directory; `output` nil chooses a free name below `runs`.
  ///
  /// - Parameters:
  ///   - observers: are told of events beside the run's own files.
  ///   - shouldStop: is asked after every step.
  public func start(
    output: String?, observers: [any TrainingObserver] = [],
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> (directory: RunDirectory, summary: RunSummary) {
    let began = Date()
    let parts = try prepare()
    let directory = try RunDirectory.create(output, for: configuration)
    var options = configuration.options
    options.output = nil  // The file is in it already; a repetition wants a directory of its own.
    try directory.write(options)
    parts.trainer.observers =
      [try MetricsFile(directory.metrics, metrics: configuration.dataset.task.objective.metrics)]
      + observers
    parts.trainer.shouldStop = shouldStop
    let outcome = try parts.trainer.train(on: parts.training, testing: parts.testing)
    try Checkpoint.write(
      parts.network.parameters, parts.trainer.optimizer, step: outcome.steps,
      into: directory.checkpoints)
    var summary = summarize(outcome, parts.network, Date().timeIntervalSince(began))
    summary.skippedFiles = try nameSkippedFiles(parts.training, parts.testing, in: directory)
    try AtomicFile.write(try summary.json(), to: directory.summary)
    return (directory, summary)
  }

  /// Writes the damaged files that were passed over, with the reasons, and says how many; nil where that was not asked
  /// for.
  private func nameSkippedFiles(_ loaders: BatchLoader..., in directory: RunDirectory) throws
    -> Int?
  {
    guard configuration.options.skipCorrupt == true else { return nil }
    let errors = loaders.flatMap { $0.dataset.skipped?.errors ?? [] }
    if !errors.isEmpty {
      let lines = errors.map { "\($0)\n" }.joined()
      try AtomicFile.write(Data(lines.utf8), to: directory.skippedFiles)
    }
    return errors.count
  }

  private func summarize(
    _ outcome: TrainingOutcome, _ network: ResidualNetwork, _ wallSeconds: Double
  ) -> RunSummary {
    func last(_ metric: Metric) -> Double? { outcome.epochs.last?.test[metric] }
    func best(_ metric: Metric) -> Double? {
      outcome.epochs.compactMap { $0.test[metric] }.max { metric.isBetter($1, than: $0) }
    }
    return RunSummary(
      network: configuration.networkName, parameters: network.parameters.trainableCount,
      dataset: configuration.dataset.choice, seed: configuration.seed, status: outcome.status,
      message: outcome.message, epochs: outcome.epochs.count, steps: outcome.steps,
      finalTestAccuracy: last(.accuracy), bestTestAccuracy: best(.accuracy),
      finalTestMeanIoU: last(.meanIntersectionOverUnion),
      bestTestMeanIoU: best(.meanIntersectionOverUnion),
      finalTestRMSE: last(.rootMeanSquareError), bestTestRMSE: best(.rootMeanSquareError),
      finalTestR2: last(.determination), bestTestR2: best(.determination),
      finalTestRelativeRMSE: last(.relativeError), bestTestRelativeRMSE: best(.relativeError),
      finalTestLoss: outcome.epochs.last?.test.loss,
      finalTrainLoss: outcome.epochs.last?.trainLoss, imagesPerSecond: outcome.imagesPerSecond,
      wallSeconds: wallSeconds, peakMemoryBytes: ProcessMemory.peakBytes(),
      precision: configuration.options.precision ?? "", device: configuration.device.description,
      threads: configuration.threads, libtorch: Torch.version, version: version)
  }
}
