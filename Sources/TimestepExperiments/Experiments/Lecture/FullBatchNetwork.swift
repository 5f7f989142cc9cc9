import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// A network in float64 with all examples of both parts: what minimisers on all examples work on.
struct FullBatchNetwork {
  /// The network, data set and batches that options say.
  let configuration: RunConfiguration
  /// The network.
  let network: ResidualNetwork
  private let training, testing: (inputs: Tensor, targets: Tensor)
  private let objective: any Objective

  /// Makes the network with fresh weights, or takes a given one for the same data.
  init(_ options: RunOptions, seed: UInt64, network: ResidualNetwork? = nil) throws {
    var options = options
    options.seed = seed
    configuration = try RunConfiguration(resolving: options)
    self.network =
      try network
      ?? NetworkCatalog.make(
        configuration.networkName, configuration.networkOptions, task: configuration.task,
        seed: seed, dataType: .float64)
    training = try configuration.makeLoader(.train, forTraining: false).wholeSet(.float64)
    testing = try configuration.makeLoader(.test, forTraining: false).wholeSet(.float64)
    objective = configuration.dataset.task.objective
  }

  private func regularizers(_ texts: [String]) throws -> [any Regularizer] {
    try RegularizerCatalog.regularizers(named: texts).map { try $0.make(for: network) }
  }

  /// The loss as a function of all weights.
  func problem(_ regularizers: [String] = []) throws -> TrainingProblem {
    try TrainingProblem(
      network, ParameterVector(network.parameters.trainable), inputs: training.inputs,
      targets: training.targets, loss: objective, regularizers: self.regularizers(regularizers))
  }

  /// The loss as a function of all weights but those of the last map, which are always the best ones.
  ///
  /// - Parameter alpha: the factor of their squares.
  func projection(alpha: Double, _ regularizers: [String] = []) throws -> VariableProjection {
    let readout: any ReadoutProblem =
      if case .classification(let names) = configuration.dataset.task {
        try SoftmaxReadout(classes: names.count, alpha: alpha)
      } else {
        LeastSquaresReadout(alpha: alpha)
      }
    return try VariableProjection(
      network, inputs: training.inputs, targets: training.targets, readout: readout,
      regularizers: self.regularizers(regularizers))
  }

  /// What the task measures, on the test part or the training part; nil for what it does not.
  func measured(_ metric: Metric, on split: DatasetSplit = .test) throws -> Double? {
    let part = split == .test ? testing : training
    let outputs = try withoutGradients { try network(part.inputs, .evaluation) }
    let values = try objective.values(objective.sums(outputs, part.targets, forAll: true))
    return objective.metrics.firstIndex(of: metric).map { values[$0] }
  }

  /// Trains by SGD with batches, and tells the objective on all examples after each epoch.
  ///
  /// - Parameter observe: is given the epoch, from 1, and the objective.
  func descend(
    _ problem: TrainingProblem, epochs: Int, rate: Double, momentum: Double = 0,
    observe: @escaping (Int, Double) -> Void
  ) throws {
    let trainer = Trainer(
      model: network, parameters: network.parameters,
      optimizer: try SGD(network.parameters.trainable, momentum: momentum),
      schedule: StepSchedule(initial: rate), epochs: epochs)
    trainer.regularizers = problem.regularizers
    trainer.observers = [ObjectiveObserver(problem, observe)]
    _ = try trainer.train(
      on: configuration.makeLoader(.train, forTraining: true),
      testing: configuration.makeLoader(.test, forTraining: false))
  }
}

/// Computes the objective on all examples after each epoch.
private final class ObjectiveObserver: TrainingObserver {
  private let problem: TrainingProblem
  private let observe: (Int, Double) -> Void

  init(_ problem: TrainingProblem, _ observe: @escaping (Int, Double) -> Void) {
    (self.problem, self.observe) = (problem, observe)
  }

  func receive(_ event: TrainingEvent) throws {
    guard case .epoch(let record) = event else { return }
    observe(record.epoch, try withoutGradients { try problem.objective().scalar() })
  }
}
