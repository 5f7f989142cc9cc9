import Foundation
import TimestepData
import TimestepLayers
import TimestepTorch

/// Trains a model: epochs of steps, an evaluation after each, and events for whoever follows.
///
/// ```
/// theta <- optimizer(theta, gradient of the objective's mean loss over a batch)
/// theta <- constraints(theta)
/// ```
///
/// ```swift
/// let trainer = Trainer(model: network, parameters: network.parameters, optimizer: sgd,
///                       schedule: StepSchedule(initial: 0.1), epochs: 2)
/// let outcome = try trainer.train(on: training, testing: test)
/// ```
public final class Trainer {
  /// The function whose parameters are trained.
  public let model: any Layer
  /// Its parameters.
  public let parameters: ParameterStore
  /// How gradients change them.
  public let optimizer: any Optimizer
  /// The learning rate over time.
  public let schedule: StepSchedule
  /// Passes over the training set.
  public let epochs: Int
  /// The largest number of steps; nil for all.
  public let maxSteps: Int?
  /// What parameters are brought back to after the optimiser's steps, in this order; each is told the number of
  /// steps that the optimiser has made. Initial values (step 0) are the business of whoever makes the network.
  public let constraints: [any ParameterConstraint]
  /// What is made small and measured; nil for what the training set's task suggests.
  public let objective: (any Objective)?
  /// Who is told of events.
  public var observers: [any TrainingObserver] = []
  /// Asked after every step; when it answers yes, training ends as interrupted.
  public var shouldStop: () -> Bool = { false }

  /// Creates a trainer; nothing happens yet.
  public init(
    model: any Layer, parameters: ParameterStore, optimizer: any Optimizer, schedule: StepSchedule,
    epochs: Int, maxSteps: Int? = nil, constraints: [any ParameterConstraint] = [],
    objective: (any Objective)? = nil
  ) {
    self.model = model
    self.parameters = parameters
    self.optimizer = optimizer
    self.schedule = schedule
    self.epochs = epochs
    self.maxSteps = maxSteps
    self.constraints = constraints
    self.objective = objective
  }

  /// Trains to the end of the plan, to a loss that is not finite, or until asked to stop.
  public func train(on training: BatchLoader, testing: BatchLoader) throws -> TrainingOutcome {
    let stepsPerEpoch = training.batchesPerEpoch
    let all = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
    let total = min(all.overflow ? Int.max : all.partialValue, maxSteps ?? Int.max)
    let objective = objective ?? training.dataset.task.objective
    try send(
      .began(
        TrainingPlan(
          epochs: epochs, stepsPerEpoch: stepsPerEpoch, steps: total, metrics: objective.metrics,
          elementKind: training.dataset.elementKind)))
    var progress = Progress(total: total, objective: objective)
    var status = TrainingOutcome.Status.completed
    var epoch = 0
    while epoch < epochs, progress.step < total {
      let end = try trainEpoch(epoch, training, &progress)
      if end != .completed {
        status = end
        break
      }
      guard let test = try evaluate(testing, objective) else {
        status = .interrupted
        break
      }
      guard test.loss.isFinite else {
        progress.message = Self.divergence("test loss", test.loss, "after", progress.step, epoch)
        status = .diverged
        break
      }
      try finish(epoch, test, &progress)
      epoch += 1
    }
    let outcome = TrainingOutcome(
      status: status, steps: progress.step, epochs: progress.records,
      imagesPerSecond: progress.seconds > 0 ? Double(progress.examples) / progress.seconds : nil,
      message: progress.message)
    try send(.ended(outcome))
    return outcome
  }

  /// What accumulates over a training.
  private struct Progress {
    let total: Int
    let objective: any Objective
    let began = Date()
    var step = 0
    var examples = 0
    var seconds = 0.0
    var records: [EpochRecord] = []
    var message: String?
    // Of the epoch at hand.
    var epochLoss = 0.0
    var epochSums: [Double] = []
    var epochExamples = 0
    var epochSeconds = 0.0
    var rate = 0.0
  }

  private func trainEpoch(_ epoch: Int, _ training: BatchLoader, _ progress: inout Progress) throws
    -> TrainingOutcome.Status
  {
    let stepsPerEpoch = Double(training.batchesPerEpoch)
    let began = Date()
    let secondsBefore = progress.seconds
    (progress.epochLoss, progress.epochSums, progress.epochExamples) = (0, [], 0)
    let batches = training.batches(epoch: epoch)
    defer { batches.cancel() }
    while progress.step < progress.total, let host = try batches.next() {
      let batch = try host.tensors(parameters.dataType, on: parameters.device)
      progress.rate = schedule.rate(
        atEpoch: Double(epoch) + Double(host.position) / stepsPerEpoch)
      let (loss, sums) = try step(batch, progress.objective, rate: progress.rate)
      progress.seconds = secondsBefore + Date().timeIntervalSince(began)
      guard loss.isFinite else {
        progress.message = Self.divergence("loss", loss, "at", progress.step + 1, epoch)
        return .diverged
      }
      progress.step += 1
      progress.examples += batch.count
      progress.epochExamples += batch.count
      progress.epochLoss += loss * Double(batch.count)
      progress.epochSums =
        progress.epochSums.isEmpty ? sums : zip(progress.epochSums, sums).map(+)
      try send(
        .step(
          StepRecord(
            epoch: epoch, step: progress.step, loss: loss,
            metric: progress.objective.values(sums)[0], learningRate: progress.rate,
            examples: batch.count, elapsed: Date().timeIntervalSince(progress.began))))
      if shouldStop() { return .interrupted }
    }
    progress.epochSeconds = progress.seconds - secondsBefore
    return .completed
  }

  /// Which loss was no number, and when. The sign of a NaN says nothing.
  private static func divergence(
    _ name: String, _ loss: Double, _ relation: String, _ step: Int, _ epoch: Int
  ) -> String {
    "the \(name) was \(loss.isNaN ? "nan" : "\(loss)") \(relation) step \(step) "
      + "(epoch \(epoch + 1)); a smaller step size h or learning rate may help"
  }

  /// One step; a loss that is not finite leaves the parameters as they are.
  private func step(_ batch: TensorBatch, _ objective: any Objective, rate: Double) throws -> (
    loss: Double, sums: [Double]
  ) {
    try optimizer.clearGradients()
    let outputs = try model(batch.inputs, .training)
    let loss = try objective.loss(outputs, batch.targets)
    let value = try loss.scalar()
    guard value.isFinite else { return (value, []) }
    try loss.backward()
    try optimizer.step(rate: rate)
    try withoutGradients {
      for constraint in constraints { try constraint.apply(afterStep: optimizer.steps) }
    }
    let sums = try withoutGradients {
      try objective.sums(outputs.detached(), batch.targets, forAll: false)
    }
    return (value, sums)
  }

  private func evaluate(_ testing: BatchLoader, _ objective: any Objective) throws -> Evaluation? {
    try optimizer.clearGradients()
    let batches = testing.batches(epoch: 0)
    defer { batches.cancel() }
    return try Evaluation.of(
      model, for: objective, on: batches, dataType: parameters.dataType, device: parameters.device,
      shouldStop: shouldStop)
  }

  private func finish(_ epoch: Int, _ test: Evaluation, _ progress: inout Progress) throws {
    let count = Double(max(progress.epochExamples, 1))
    let record = EpochRecord(
      epoch: epoch + 1, step: progress.step, trainLoss: progress.epochLoss / count,
      trainMetric: progress.epochSums.isEmpty
        ? .nan : progress.objective.values(progress.epochSums)[0],
      test: test,
      learningRate: progress.rate, seconds: progress.epochSeconds,
      imagesPerSecond: progress.epochSeconds > 0 ? count / progress.epochSeconds : 0)
    progress.records.append(record)
    try send(.epoch(record))
  }

  private func send(_ event: TrainingEvent) throws {
    for observer in observers { try observer.receive(event) }
  }
}
