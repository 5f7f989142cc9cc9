import Foundation
import TimestepData
import TimestepLayers
import TimestepTorch

/// Trains a model: epochs of steps, an evaluation after each, and events for whoever follows.
///
/// ```
/// g     <- gradient of the objective's mean loss over a batch and of the regularisers, shortened where it is too long
/// theta <- optimizer(theta, g)
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
  /// The steps from one measurement of ``GradientRatios`` that observers are told of to the next; nil for none.
  public var ratioInterval: Int?
  /// Whether these begin with the stem, for which the gradient of the examples is computed too.
  public var ratiosSeeStem = false
  /// What is added to the loss of every batch; reported losses are without it.
  public var regularizers: [any Regularizer] = []
  /// The largest Euclidean norm of the whole gradient; a longer one is shortened to it. Nil for no limit.
  public var gradientClip: Double?
  /// Who is told of events.
  public var observers: [any TrainingObserver] = []
  /// Asked after every step; when it answers yes, training ends as interrupted.
  public var shouldStop: () -> Bool = { false }
  /// Saves the training now and then and at its end; nil for never.
  public var checkpoints: CheckpointWriter?

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

  /// Trains to the end of the plan, to a loss or gradient that is not finite, or until asked to stop.
  ///
  /// - Parameter start: where an earlier training was, whose tensors were restored; nil to begin.
  public func train(
    on training: BatchLoader, testing: BatchLoader, from start: TrainingState? = nil
  ) throws -> TrainingOutcome {
    let stepsPerEpoch = training.batchesPerEpoch
    let all = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
    let total = min(all.overflow ? Int.max : all.partialValue, maxSteps ?? Int.max)
    let objective = objective ?? training.dataset.task.objective
    try observers.send(
      .began(
        TrainingPlan(
          epochs: epochs, stepsPerEpoch: stepsPerEpoch, steps: total, metrics: objective.metrics,
          elementKind: training.dataset.elementKind)))
    var run = Progress(
      total: total, objective: objective, parameters: parameters, state: start ?? TrainingState())
    checkpoints?.begin(run.state)
    let status =
      run.state.divergence == nil ? try trainEpochs(training, testing, &run) : .diverged
    run.state.elapsed = run.elapsed
    try checkpoints?.save(run.state)
    let state = run.state
    let outcome = TrainingOutcome(
      status: status, steps: state.step, epochs: state.records,
      imagesPerSecond: state.seconds > 0 ? Double(state.examples) / state.seconds : nil,
      divergence: state.divergence, lossSpikes: state.spikes.count)
    try observers.send(.ended(outcome))
    return outcome
  }

  /// What accumulates over a training.
  private struct Progress {
    let total: Int
    let objective: any Objective
    /// The parameters that are learned, and the others.
    let learned, buffers: [Parameter]
    var state: TrainingState
    private let began: Date

    init(
      total: Int, objective: any Objective, parameters: ParameterStore, state: TrainingState
    ) {
      self.total = total
      self.objective = objective
      learned = parameters.trainable
      buffers = parameters.all.filter { !$0.isTrainable }
      self.state = state
      began = Date() - state.elapsed
    }

    /// Seconds since the training began.
    var elapsed: Double { Date().timeIntervalSince(began) }
  }

  private func trainEpochs(
    _ training: BatchLoader, _ testing: BatchLoader, _ run: inout Progress
  ) throws -> TrainingOutcome.Status {
    while run.state.epoch < epochs, run.state.step < run.total || run.state.awaitsEvaluation {
      let end = try trainEpoch(training, &run)
      if end != .completed { return end }
      guard let test = try evaluate(testing, run.objective) else { return .interrupted }
      guard test.loss.isFinite else {
        let batches = testing.batches(epoch: 0)
        defer { batches.cancel() }
        run.state.divergence = Divergence(
          .testLoss, test.loss, step: run.state.step, epoch: run.state.epoch + 1,
          at: try? search(run.objective).place(of: batches), ratios: run.state.ratios)
        return .diverged
      }
      try finish(test, &run)
      try saveIfDue(&run)
    }
    return .completed
  }

  /// The rest of the epoch at hand.
  private func trainEpoch(_ training: BatchLoader, _ run: inout Progress) throws
    -> TrainingOutcome.Status
  {
    let batchesPerEpoch = training.batchesPerEpoch
    let epoch = run.state.epoch
    guard !run.state.awaitsEvaluation else { return .completed }
    var clock = Date()
    let batches = training.batches(epoch: epoch, startingAt: run.state.batch)
    defer { batches.cancel() }
    while run.state.step < run.total, let host = try batches.next() {
      let batch = try host.tensors(parameters.dataType, on: parameters.device)
      let rate = schedule.rate(
        atEpoch: Double(epoch) + Double(host.position) / Double(batchesPerEpoch))
      guard let made = try step(batch, rate: rate, &run) else { return .diverged }
      let seconds = Date().timeIntervalSince(clock)
      clock += seconds
      run.state.add(batch.count, loss: made.loss, sums: made.sums, rate: rate, seconds: seconds)
      let isSpike = run.state.spikes.see(made.loss)
      run.state.awaitsEvaluation =
        run.state.batch >= batchesPerEpoch || run.state.step >= run.total
      try observers.send(
        .step(
          StepRecord(
            epoch: epoch, step: run.state.step, loss: made.loss,
            metric: run.objective.values(made.sums)[0], learningRate: rate,
            gradientNorm: made.norm, isSpike: isSpike, examples: batch.count,
            elapsed: run.elapsed, ratios: made.ratios, ratioSeconds: made.ratioSeconds)))
      if shouldStop() { return .interrupted }
      // After the last batch the epoch is evaluated first.
      if !run.state.awaitsEvaluation {
        let pause = Date()
        if try saveIfDue(&run) { clock += Date().timeIntervalSince(pause) }
      }
    }
    return .completed
  }

  /// Saves the training if it is time to; whether there was an attempt.
  @discardableResult
  private func saveIfDue(_ run: inout Progress) throws -> Bool {
    guard let checkpoints, checkpoints.isDue(run.state) else { return false }
    run.state.elapsed = run.elapsed
    if let problem = try checkpoints.saveOrExplain(run.state) {
      try observers.send(.notice(problem))
    }
    return true
  }

  /// One step; nil where the training has diverged, which leaves parameters and running statistics as they are.
  private func step(_ batch: TensorBatch, rate: Double, _ run: inout Progress) throws -> (
    loss: Double, sums: [Double], norm: Double, ratios: GradientRatios?, ratioSeconds: Double
  )? {
    let number = run.state.step + 1
    let random = try (model as? any RandomLayer)?.randomness.state()
    var pass = ForwardPass.training
    let isAsked = ratioInterval.map { number.isMultiple(of: max($0, 1)) } ?? false
    pass.probe = isAsked || GradientRatios.areDue(in: number) ? ForwardProbe() : nil
    if isAsked, ratiosSeeStem { try batch.inputs.setRequiresGradient() }
    let statistics = try withoutGradients { try run.buffers.map { try $0.value.copied() } }
    func diverged(
      _ quantity: Divergence.Quantity, _ value: Double, at place: Divergence.Place?,
      _ ratios: GradientRatios?
    ) throws {
      for (buffer, value) in zip(run.buffers, statistics) { try buffer.assign(value) }
      run.state.divergence = Divergence(
        quantity, value, step: number, epoch: run.state.epoch + 1, at: place, ratios: ratios)
    }
    try optimizer.clearGradients()
    let outputs = try model(batch.inputs, pass)
    let loss = try run.objective.loss(outputs, batch.targets)
    let value = try loss.scalar()
    guard value.isFinite else {
      let place = try? search(run.objective).place(of: batch, isTraining: true, random: random)
      try diverged(.loss, value, at: place, run.state.ratios)
      return nil
    }
    try loss.adding(regularizers).backward()
    let norm = try GradientNorm.of(run.learned)
    guard norm.isFinite else {
      let path = try GradientNorm.firstNonFinite(run.learned)
      let ratios = try? search(run.objective).ratios(of: batch, random: random, step: number)
      try diverged(.gradient, norm, at: path.map { (.gradient, $0) }, ratios ?? run.state.ratios)
      return nil
    }
    if let probe = pass.probe { run.state.ratios = GradientRatios(probe, step: number) }
    if let gradientClip {
      try GradientNorm.clip(run.learned, from: norm, to: gradientClip)
    }
    try optimizer.step(rate: rate)
    try withoutGradients {
      for constraint in constraints { try constraint.apply(afterStep: optimizer.steps) }
    }
    let sums = try withoutGradients {
      try run.objective.sums(outputs.detached(), batch.targets, forAll: false)
    }
    let seconds = isAsked ? (pass.probe?.duration ?? Duration.zero) / Duration.seconds(1) : 0
    return (value, sums, norm, isAsked ? run.state.ratios : nil, seconds)
  }

  private func search(_ objective: any Objective) -> DivergenceSearch {
    DivergenceSearch(model: model, parameters: parameters, objective: objective)
  }

  private func evaluate(_ testing: BatchLoader, _ objective: any Objective) throws -> Evaluation? {
    try optimizer.clearGradients()
    let batches = testing.batches(epoch: 0)
    defer { batches.cancel() }
    return try Evaluation.of(
      model, for: objective, on: batches, dataType: parameters.dataType, device: parameters.device,
      shouldStop: shouldStop)
  }

  private func finish(_ test: Evaluation, _ run: inout Progress) throws {
    let state = run.state
    let count = Double(max(state.epochExamples, 1))
    let record = EpochRecord(
      epoch: state.epoch + 1, step: state.step, trainLoss: state.epochLoss / count,
      trainMetric: state.epochSums.isEmpty ? .nan : run.objective.values(state.epochSums)[0],
      test: test, learningRate: state.rate, lossSpikes: state.spikes.inEpoch,
      seconds: state.epochSeconds,
      imagesPerSecond: state.epochSeconds > 0 ? count / state.epochSeconds : 0)
    run.state.finishEpoch(record)
    try observers.send(.epoch(record))
  }
}
