import Foundation
import TimestepData
import TimestepDiagnostics
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

    /// What a checkpoint holds of them.
    func contents(_ configuration: String?) -> Checkpoint.Contents {
      Checkpoint.Contents(
        network.parameters, trainer.optimizer, generators: ["network": network.randomness],
        configuration: configuration, skipped: { skippedFiles ?? [] })
    }

    /// The damaged files that were passed over, in the order of their names; nil where they end the run.
    var skippedFiles: [DataError]? {
      let lists = [training, testing].compactMap(\.dataset.skipped)
      guard !lists.isEmpty else { return nil }
      let all = SkippedFiles()
      for error in lists.flatMap(\.errors) { all.record(error) }
      return all.errors
    }

    /// Notes what was passed over before the run went on, with the place that the data has now.
    func recallSkipped(_ errors: [DataError], from old: String?, to new: String?) {
      for var error in errors {
        if let old, let new, let file = error.file, file.hasPrefix("\(old)/") {
          error.file = new + file.dropFirst(old.count)
        }
        training.dataset.skipped?.record(error)
      }
    }
  }

  private func prepare(isRestored: Bool = false, _ observers: [any TrainingObserver]) throws
    -> Prepared
  {
    try Self.prepareEngine(configuration)
    let training = try configuration.makeLoader(.train, forTraining: true)
    let testing = try configuration.makeLoader(.test, forTraining: false)
    let network = try configuration.makeNetwork(isRestored: isRestored) { loaded in
      guard loaded.naming != TimestepNames().name || !loaded.isWhole else { return }
      try observers.send(.notice("\(configuration.options.initializeFrom ?? ""): \(loaded)"))
    }
    for follower in configuration.followers { try follower.checkFollowing(network) }
    let optimizer = try configuration.optimizer.make(
      network.parameters.trainable, configuration.optimizerSettings)
    let trainer = Trainer(
      model: network, parameters: network.parameters, optimizer: optimizer,
      schedule: configuration.schedule, epochs: configuration.epochs,
      maxSteps: configuration.maxSteps, constraints: network.constraints)
    trainer.gradientClip = configuration.gradientClip
    trainer.regularizers = try configuration.regularizers.map { try $0.make(for: network) }
    return Prepared(network: network, training: training, testing: testing, trainer: trainer)
  }

  /// Trains into a directory; `output` nil chooses a free name below `runs`.
  ///
  /// - Parameters:
  ///   - observers: are told of events beside the run's own files.
  ///   - recordsFingerprints: whether a hash of every tensor is written after each step.
  ///   - shouldStop: is asked after every step.
  public func start(
    output: String?, observers: [any TrainingObserver] = [], recordsFingerprints: Bool = false,
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> (directory: RunDirectory, summary: RunSummary) {
    let parts = try prepare(observers)
    let directory = try RunDirectory.create(output, for: configuration)
    let lock = try RunLock(directory)
    defer { withExtendedLifetime(lock) {} }
    if output != nil { try directory.refuseRun() }  // Of one who was faster.
    var observers = observers
    if recordsFingerprints {
      observers.append(
        try FingerprintFile(
          directory.fingerprints, of: parts.network.parameters, parts.trainer.optimizer))
    }
    let summary = try carryOut(parts, in: directory, observers, shouldStop)
    return (directory, summary)
  }

  /// Goes on with a run from its newest whole checkpoint, or from the beginning where it has none yet.
  ///
  /// The result is that of a run that was never stopped, to the byte but for times, speeds and memory. A configuration
  /// that differs in more than ``ConfigurationDifference/allowed`` is refused.
  ///
  /// - Parameters:
  ///   - observers: are told of events beside the run's own files, damaged checkpoints among them.
  ///   - shouldStop: is asked after every step.
  public func resume(
    _ directory: RunDirectory, observers: [any TrainingObserver] = [],
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> RunSummary {
    try check(against: directory.savedOptions(), in: directory.configuration.path)
    let lock = try RunLock(directory)
    defer { withExtendedLifetime(lock) {} }
    directory.saved.removeLeftovers()
    let newest = try directory.newestCheckpoint()
    if let checkpoint = newest?.checkpoint, let text = checkpoint.configuration {
      let file = checkpoint.url.appendingPathComponent(Checkpoint.configurationFile).path
      try check(against: ConfigurationFile.parse(text, from: file), in: file)
    }
    let parts = try prepare(isRestored: newest != nil, observers)
    for error in newest?.damaged ?? [] {
      guard let name = CheckpointName(error.checkpoint.lastPathComponent) else { continue }
      let aside = try directory.saved.moveAside(name)
      try observers.send(
        .notice("a checkpoint is damaged: \(error); it was renamed to \(aside.lastPathComponent)"))
    }
    let state = try newest?.checkpoint.restore(parts.contents(nil))
    parts.recallSkipped(
      newest?.checkpoint.skipped ?? [], from: try directory.savedOptions().data,
      to: configuration.options.data)
    if let state, let checkpoint = newest?.checkpoint {
      try check(state)
      if checkpoint.libtorch != Torch.version {
        try observers.send(
          .notice(
            "the run was computed by libtorch \(checkpoint.libtorch), this is \(Torch.version): "
              + "its result may differ from that of one version in the last digits"))
      }
    }
    return try carryOut(parts, in: directory, from: state, observers, shouldStop)
  }

  /// Refuses to go on with a run of another configuration.
  private func check(against saved: RunOptions, in file: String) throws {
    // Choices that a version of the program before this one did not know have their standard values.
    var before = (try? RunConfiguration(resolving: saved).options) ?? saved
    var now = configuration.options
    (before.output, now.output) = (nil, nil)
    let difference = try ConfigurationDifference(from: before, to: now)
    guard difference.forbidden.isEmpty else {
      throw RunError(
        .configuration,
        "the run's configuration (\(file)) is another one: \(difference). Only "
          + ConfigurationDifference.allowed.sorted().joined(separator: ", ") + " may change")
    }
  }

  /// Refuses to end before what was done.
  private func check(_ state: TrainingState) throws {
    let begun = state.epoch + (state.batch > 0 ? 1 : 0)
    guard configuration.epochs >= begun else {
      throw RunError(
        .configuration, "epochs \(configuration.epochs): the run has begun epoch \(begun) already")
    }
  }

  private func carryOut(
    _ parts: Prepared, in directory: RunDirectory, from state: TrainingState? = nil,
    _ observers: [any TrainingObserver], _ shouldStop: @escaping () -> Bool
  ) throws -> RunSummary {
    let began = Date()
    var options = configuration.options
    options.output = nil  // The file is in it already; a repetition wants a directory of its own.
    try directory.write(options)
    let metrics = try MetricsFile(
      directory.metrics, metrics: configuration.dataset.task.objective.metrics,
      after: state?.records ?? [])
    let rule = options.onCheckpointError ?? .stop
    parts.trainer.observers = [rule == .stop ? metrics : TolerantObserver(metrics, observers)]
    parts.trainer.observers += observers
    parts.trainer.shouldStop = shouldStop
    let writer = CheckpointWriter(
      parts.contents(try ConfigurationFile.text(options)), into: directory.saved,
      every: configuration.checkpointInterval, onFailure: rule)
    let followers = try configuration.followers.map {
      try $0.follow(
        parts.trainer, of: parts.network, in: directory.url, keeping: state?.logs ?? [:])
    }
    writer.logs = try openLogs(in: directory, from: state, followers, observers)
    for log in writer.logs {
      parts.trainer.observers.append(rule == .stop ? log : TolerantObserver(log, observers))
    }
    parts.trainer.checkpoints = writer
    let outcome = try parts.trainer.train(
      on: parts.training, testing: parts.testing, from: state)
    for follower in followers {
      for observer in observers { try observer.receive(.remark("\(follower.cost)")) }
    }
    let wallSeconds = (state?.elapsed ?? 0) + Date().timeIntervalSince(began)
    var summary = summarize(outcome, parts.network, wallSeconds)
    let regularizers = parts.trainer.regularizers
    summary.finalRegularization = regularizers.isEmpty ? nil : try regularizers.sum()
    if let skipped = parts.skippedFiles {
      try write(skipped, in: directory)
      summary.skippedFiles = skipped.count
    }
    try AtomicFile.write(try summary.json(), to: directory.summary)
    return summary
  }

  /// The files that grow from step to step, cut to what they were when the training was saved.
  private func openLogs(
    in directory: RunDirectory, from state: TrainingState?, _ followers: [any GrowingLog],
    _ observers: [any TrainingObserver]
  ) throws -> [any GrowingLog] {
    let metric = configuration.dataset.task.objective.metrics[0]
    let saved = state?.logs ?? [:]
    var logs = followers
    if let interval = configuration.logInterval {
      logs.append(
        try StepLog(
          directory.steps, every: interval, metric: metric, keeping: saved[StepLog.fileName] ?? 0))
    }
    if let interval = configuration.logInterval, configuration.options.tensorboard == true {
      logs.append(
        try TensorBoardLog(
          directory.events, every: interval, metric: metric,
          keeping: saved[TensorBoardLog.fileName] ?? 0))
    }
    for log in logs {
      guard let expected = saved[log.name], log.length < expected else { continue }
      try observers.send(
        .notice(
          "\(directory.url.appendingPathComponent(log.name).relativePath): only \(log.length) of "
            + "\(expected) bytes are whole; earlier steps are missing in it"))
    }
    return logs
  }

  /// Writes the damaged files that were passed over, with the reasons, where there are some.
  private func write(_ skipped: [DataError], in directory: RunDirectory) throws {
    guard !skipped.isEmpty else { return }
    let lines = skipped.map { "\($0)\n" }.joined()
    try AtomicFile.write(Data(lines.utf8), to: directory.skippedFiles)
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
      message: outcome.message, divergence: outcome.divergence, epochs: outcome.epochs.count,
      steps: outcome.steps,
      finalTestAccuracy: last(.accuracy), bestTestAccuracy: best(.accuracy),
      finalTestMeanIoU: last(.meanIntersectionOverUnion),
      bestTestMeanIoU: best(.meanIntersectionOverUnion),
      finalTestRMSE: last(.rootMeanSquareError), bestTestRMSE: best(.rootMeanSquareError),
      finalTestR2: last(.determination), bestTestR2: best(.determination),
      finalTestRelativeRMSE: last(.relativeError), bestTestRelativeRMSE: best(.relativeError),
      finalTestLoss: outcome.epochs.last?.test.loss,
      finalTrainLoss: outcome.epochs.last?.trainLoss, lossSpikes: outcome.lossSpikes,
      imagesPerSecond: outcome.imagesPerSecond,
      wallSeconds: wallSeconds, peakMemoryBytes: ProcessMemory.peakBytes(),
      precision: configuration.options.precision ?? "", device: configuration.device.description,
      threads: configuration.threads, kernels: FusedKernels.current.rawValue,
      libtorch: Torch.version, version: version)
  }
}
