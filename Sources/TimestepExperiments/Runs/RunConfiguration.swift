import Foundation
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// A run with every choice made and checked: enough to repeat it.
///
/// Defaults are the recipe of Robust ResNet for CIFAR-10: SGD, momentum 0.9, no weight decay, learning rate 0.1
/// divided by 10 at half and at three quarters of the epochs (40 and 60 of 80), batches of 128.
public struct RunConfiguration: Sendable {
  /// Every choice as it is written to `config.yaml`; none is nil except those that may stay open.
  public let options: RunOptions
  /// The network's family.
  public let family: any NetworkFamily
  /// The choices that make the network.
  public let networkOptions: NetworkOptions
  /// The data set.
  public let dataset: DatasetDescriptor
  /// The numbers that it computes with.
  public let precision: Precision
  /// Where it runs.
  public let device: Device
  /// What is wrong with the training examples on purpose.
  public let corruptions: [any Corruption]
  public let seed: UInt64
  public let epochs: Int
  public let maxSteps: Int?
  public let batchSize: Int
  public let schedule: StepSchedule
  public let optimizer: OptimizerDefinition
  public let optimizerSettings: OptimizerDefinition.Settings
  /// What is added to the loss.
  public let regularizers: [any RegularizerDefinition]
  /// The largest norm of the whole gradient; nil for no limit.
  public let gradientClip: Double?
  public let threads: Int
  /// The steps from one row of steps.csv to the next; nil for no such file.
  public let logInterval: Int?
  /// What follows the training, step by step.
  public let followers: [any TrainingDiagnostic]
  /// How often the run is saved.
  public let checkpointInterval: CheckpointInterval
  /// How the data set is read and prepared.
  private let data: RunData

  /// As many as OMP_NUM_THREADS says, as in PyTorch, or else as there are processors.
  private static var defaultThreads: Int {
    let process = ProcessInfo.processInfo
    return process.environment["OMP_NUM_THREADS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
      ?? process.activeProcessorCount
  }

  /// The network's whole name, e.g. `resnet-20`.
  public var networkName: String { family.networkName(networkOptions) }

  /// The problem the network is made for.
  public var task: NetworkTask {
    NetworkTask(dataset)
  }

  /// Makes every open choice and checks every made one; throws ``OptionError``, `UnknownNameError`, `ArgumentError` or
  /// ``RunError``.
  ///
  /// - Parameter datasets: the data sets that can be named: the library's, or `DatasetCatalog.all + [mine]`.
  public init(resolving options: RunOptions, datasets: [DatasetDescriptor] = DatasetCatalog.all)
    throws
  {
    guard let name = options.network else {
      throw RunError(.configuration, "no network is named; see 'timestep list networks'")
    }
    let named = try NetworkCatalog.parse(name).family
    let dataset = try DatasetCatalog.dataset(
      named: options.dataset ?? named.defaultDataset, in: datasets
    ).resolved(directory: options.data, options: options.readingOptions)
    self.dataset = dataset
    data = try RunData(dataset, options)
    let (family, network) = try Self.naming(dataset) {
      try NetworkCatalog.resolve(name, options.networkOptions, for: NetworkTask(dataset))
    }
    self.family = family
    networkOptions = network
    precision = try Self.precision(options.precision ?? "fp32", network, dataset)
    device = try Self.device(options.device ?? "cpu")
    seed = options.seed ?? 0
    corruptions = try CorruptionCatalog.corruptions(named: options.corruption ?? [])
    try CorruptionCatalog.check(corruptions, for: dataset)
    if let names = options.initializeNames { _ = try Self.naming(names) }
    epochs = try Self.positive("epochs", options.epochs ?? 80, most: 1_000_000_000)
    maxSteps = try options.maxSteps.map { try Self.positive("max-steps", $0) }
    batchSize = try Self.positive("batch-size", options.batchSize ?? 128)
    if let limit = options.trainLimit { _ = try Self.positive("train-limit", limit) }
    if let limit = options.testLimit { _ = try Self.positive("test-limit", limit) }
    threads = try Self.positive(
      "threads", options.threads ?? Self.defaultThreads, most: 4096)
    let interval = options.checkpointEvery ?? "\(CheckpointInterval.standard)"
    guard let parsed = CheckpointInterval(interval) else {
      throw OptionError("checkpoint-every", interval, "expected \(CheckpointInterval.form)")
    }
    checkpointInterval = parsed
    let rate = try Self.number("learning-rate", options.learningRate ?? 0.1, atLeast: 0)
    let drops = options.dropAt ?? [0.5 * Double(epochs), 0.75 * Double(epochs)]
    let warmUp = WarmUp(
      epochs: try Self.number("warm-up", options.warmUp ?? 0, atLeast: 0),
      start: try Self.number(
        "warm-up-start", options.warmUpStart ?? WarmUp.standardStart, atLeast: 0, below: 1))
    schedule = StepSchedule(
      initial: rate, drops: try drops.map { try Self.number("drop-at", $0, atLeast: 0) },
      warmUp: warmUp)
    gradientClip = try options.gradientClip.map {
      let norm = try Self.number("gradient-clip", $0, atLeast: 0)
      guard norm > 0 else { throw OptionError("gradient-clip", norm, "expected a number above 0") }
      return norm
    }
    let standardInterval = options.tensorboard == true ? 10 : nil
    logInterval = try (options.logEvery ?? standardInterval).map {
      try Self.positive("log-every", $0)
    }
    followers = try DiagnosticCatalog.followers(named: options.diagnose ?? [])
    optimizerSettings = .init(
      momentum: try Self.number("momentum", options.momentum ?? 0.9, atLeast: 0, below: 1),
      weightDecay: try Self.number("weight-decay", options.weightDecay ?? 0, atLeast: 0))
    optimizer = try Self.optimizer(options.optimizer ?? "sgd")
    regularizers = try RegularizerCatalog.regularizers(named: options.regularization ?? [])

    var complete = options
    complete.network = family.networkName(network)
    complete.depth = network.depth
    complete.widths = network.widths
    complete.h = network.h
    complete.scheme = network.scheme
    complete.field = network.field
    complete.weights = network.weights
    complete.noise = network.noise
    complete.transition = network.transition
    complete.adjoint = network.adjoint
    complete.normalization = network.normalization
    complete.activation = network.activation
    complete.batchNorm = network.batchNorm
    complete.bias = network.bias
    complete.postActivation = network.postActivation
    complete.initialization = network.initialization
    complete.dataset = dataset.choice
    // Absolute, so that the run can be read from anywhere.
    complete.data = options.data.map { URL(fileURLWithPath: $0).path }
    if dataset.isResolved {
      // A folder whose images are no squares keeps their size whenever it is read.
      let side = dataset.elementShape.last
      complete.imageSize = dataset.elementShape.dropFirst().allSatisfy { $0 == side } ? side : nil
      complete.classNames = dataset.task.names
    }
    complete.skipCorrupt = options.skipCorrupt ?? false
    if dataset.elementShape.count == 3 {
      complete.dataNormalization = options.dataNormalization ?? .constants
      let augmentation = data.preparation.augmentation
      let isPadded = dataset.preparation.augmentation.padding > 0
      complete.padding = isPadded ? augmentation.paddingMode : nil
      complete.shift = isPadded ? augmentation.padding : nil
      complete.crop = augmentation.crop
    }
    if let file = options.initializeFrom {
      complete.initializeFrom = URL(fileURLWithPath: file).path
      complete.initializeNames = options.initializeNames ?? Self.detectedNames
      complete.initializeStrict = options.initializeStrict ?? true
    }
    complete.augmentation = options.augmentation ?? dataset.augmentsByDefault
    complete.shuffle = options.shuffle ?? true
    complete.dropLast = options.dropLast ?? false
    complete.corruption = corruptions.isEmpty ? nil : corruptions.map(\.choice)
    complete.epochs = epochs
    complete.batchSize = batchSize
    complete.optimizer = optimizer.name
    complete.learningRate = rate
    complete.dropAt = drops
    complete.momentum = optimizerSettings.momentum
    complete.weightDecay = optimizerSettings.weightDecay
    complete.regularization = regularizers.isEmpty ? nil : regularizers.map(\.choice)
    complete.warmUp = warmUp.epochs
    complete.warmUpStart = warmUp.start
    complete.logEvery = logInterval
    complete.tensorboard = options.tensorboard ?? false
    complete.diagnose = options.diagnose.flatMap { $0.isEmpty ? nil : $0 }
    complete.seed = seed
    complete.precision = precision.name
    complete.device = options.device ?? "cpu"
    complete.threads = threads
    complete.checkpointEvery = checkpointInterval.description
    complete.onCheckpointError = options.onCheckpointError ?? .stop
    self.options = complete
  }

  /// What the same run would be computed with fastest on this processor.
  public var fastestPrecision: Precision { .fastest(for: networkOptions, on: dataset) }

  /// The network with fresh weights, or those of the file named by `initialize-from`.
  ///
  /// - Parameters:
  ///   - isRestored: whether its weights will be overwritten, so that the file is not needed.
  ///   - report: is told what was read from the file.
  public func makeNetwork(
    isRestored: Bool = false, report: (LoadedWeights) throws -> Void = { _ in }
  ) throws -> ResidualNetwork {
    let network = try NetworkCatalog.make(
      networkName, networkOptions, task: task, seed: seed, dataType: precision.parameters,
      stateType: precision.states, device: device)
    if !isRestored, let path = options.initializeFrom {
      let file = try SafetensorsFile(URL(fileURLWithPath: path))
      let named = description(of: network)
      let naming = try Self.naming(options.initializeNames ?? Self.detectedNames)
      let weights =
        try naming.map { try NamedWeights(network.parameters, of: named, as: $0) }
        ?? NamedWeights.detect(network.parameters, of: named, in: file)
      try report(try weights.load(file, strict: options.initializeStrict ?? true))
    }
    return network
  }

  /// A network of this configuration as conventions for names see it.
  public func description(of network: ResidualNetwork) -> NamedNetwork {
    NamedNetwork(
      family: family.name, options: networkOptions, paths: network.parameters.all.map(\.path))
  }

  /// The word for the names that a file has most of.
  public static let detectedNames = "auto"

  /// The convention of a name; nil for the one that a file is found to have.
  private static func naming(_ name: String) throws -> (any WeightNaming)? {
    if name == detectedNames { return nil }
    let all = WeightNamingCatalog.all
    guard let naming = all.first(where: { $0.name == name }) else {
      throw UnknownNameError(
        kind: "weight-name", name: name, known: [detectedNames] + all.map(\.name))
    }
    return naming
  }

  /// The loader of one part of the data set, prepared as this run wants it.
  public func makeLoader(_ split: DatasetSplit, forTraining: Bool) throws -> BatchLoader {
    let (clean, preparation) = try data.load(split, forTraining: forTraining)
    let data =
      forTraining ? try CorruptionCatalog.apply(corruptions, to: clean, seed: seed) : clean
    let limit = forTraining ? options.trainLimit : split == .test ? options.testLimit : nil
    return try BatchLoader(
      dataset: data,
      options: BatchOptions(
        batchSize: batchSize, shuffle: forTraining && options.shuffle != false,
        dropLast: forTraining && options.dropLast == true, seed: seed, preparation: preparation,
        limit: limit))
  }

  /// The loader of a part in an order of its own, prepared as in an evaluation, with so many examples of it at most, as
  /// many of each class.
  public func makeDiagnosticLoader(_ split: DatasetSplit, examples: Int, seed: UInt64) throws
    -> BatchLoader
  {
    let (dataset, preparation) = try data.load(split, forTraining: false)
    return try BatchLoader(
      dataset: dataset,
      options: BatchOptions(
        batchSize: batchSize, seed: seed, preparation: preparation, limit: examples,
        limitSeed: seed))
  }

  /// The loader of examples of one's own, prepared as those of an evaluation.
  public func makeLoader(_ inputs: any Dataset) throws -> BatchLoader {
    try BatchLoader(
      dataset: inputs,
      options: BatchOptions(
        batchSize: batchSize, shuffle: false, preparation: data.evaluationPreparation()))
  }

  /// Calls the data set by its name where its shape is refused.
  private static func naming<Result>(_ dataset: DatasetDescriptor, _ body: () throws -> Result)
    throws -> Result
  {
    do { return try body() } catch let error as OptionError where error.option == "dataset" {
      throw OptionError("dataset", dataset.choice, error.problem)
    }
  }

  private static func precision(
    _ name: String, _ network: NetworkOptions, _ dataset: DatasetDescriptor
  ) throws -> Precision {
    if name == Precision.automatic { return .fastest(for: network, on: dataset) }
    guard let precision = Precision.all.first(where: { $0.name == name }) else {
      throw UnknownNameError(
        kind: "precision", name: name, known: Precision.all.map(\.name) + [Precision.automatic])
    }
    return precision
  }

  private static func device(_ name: String) throws -> Device {
    switch name {
    case "cpu": return .cpu
    case "cuda": return .cuda(0)
    default: throw UnknownNameError(kind: "device", name: name, known: ["cpu", "cuda"])
    }
  }

  private static func optimizer(_ name: String) throws -> OptimizerDefinition {
    guard let optimizer = OptimizerCatalog.all.first(where: { $0.name == name }) else {
      throw UnknownNameError(
        kind: "optimizer", name: name, known: OptimizerCatalog.all.map(\.name))
    }
    return optimizer
  }

  private static func positive(_ option: String, _ value: Int, most: Int? = nil) throws -> Int {
    guard value >= 1, value <= most ?? Int.max else {
      let bound = most.map { " to \($0)" } ?? " up"
      throw OptionError(option, value, "expected a whole number from 1\(bound)")
    }
    return value
  }

  private static func number(
    _ option: String, _ value: Double, atLeast low: Double, below high: Double = .infinity
  ) throws -> Double {
    guard value.isFinite, value >= low, value < high else {
      let bound = high.isFinite ? " and below \(high)" : ""
      throw OptionError(option, value, "expected a finite number, \(low) or more\(bound)")
    }
    return value
  }
}
