import Foundation
import TimestepDiagnostics
import TimestepTorch
import TimestepTraining

/// Carries out an experiment: its trials, as far as they are not there yet, then its result.
public struct ExperimentRunner: Sendable {
  /// How it is carried out.
  public struct Options: Sendable {
    public var scale = ExperimentScale.reduced
    /// Trials side by side.
    public var workers = 1
    /// Which trials this process carries out; nil for all.
    public var shard: Shard?
    /// Minutes that the trials may take; nil for no limit.
    public var budgetMinutes: Double?
    /// How many of the plan's seeds; nil for all, more than there are for further ones.
    public var seeds: Int?
    /// Choices that win over those of every trial, as a precision.
    public var overrides = RunOptions()
    /// Whether no progress is shown.
    public var isQuiet = false

    /// The usual choices.
    public init() {}
  }

  /// What became of an experiment.
  public enum Outcome: Sendable {
    /// It is complete.
    case completed(ExperimentRecord)
    /// Trials of other shards, or after a signal, are missing.
    case incomplete(finished: Int, of: Int)
  }

  public let place: ExperimentPlace
  public let executor: any TrialExecutor
  public let options: Options
  public let version: String
  private let shouldStop: @Sendable () -> Bool

  /// Makes a runner; it does nothing yet.
  public init(
    _ place: ExperimentPlace, executor: any TrialExecutor, options: Options, version: String,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    self.place = place
    self.executor = executor
    self.options = options
    self.version = version
    self.shouldStop = shouldStop
  }

  /// Carries out an experiment. What was finished before is not repeated.
  ///
  /// - Throws: the first error of a trial, after the others are finished, and errors of the result.
  public func run(_ experiment: any Experiment) throws -> Outcome {
    let directory = place.results(of: experiment, options.scale)
    var assumptions = experiment.assumptions
    var plan = try PlannedExperiment.plan(experiment, options, standIns: &assumptions)
    if let minutes = options.budgetMinutes, !plan.plan.settings.isEmpty {
      plan = try fit(plan, of: experiment, to: 60 * minutes, in: directory)
    }
    let trials = try plan.trials()
    try carryOut(trials, of: experiment)
    let missing = try trials.filter { try place.run(of: $0).finished() == nil }
    guard missing.isEmpty else {
      return .incomplete(finished: trials.count - missing.count, of: trials.count)
    }
    let outcomes = TrialOutcomes(
      axes: plan.plan.axes, all: try trials.map { try TrialOutcome($0, in: place.run(of: $0)) })
    var result = try experiment.result(
      ExperimentContext(scale: options.scale, trials: outcomes))
    if !outcomes.all.isEmpty {
      result.figures.tables.append(try outcomes.record(source: experiment.source))
    }
    if options.scale == .full, experiment.hasScales {
      plan.reductions += try TrialData(of: trials).shortfalls()
    }
    let record = ExperimentRecord(
      experiment, result, scale: options.scale, reductions: plan.reductions,
      assumptions: assumptions, version: version)
    try record.write(result.figures, to: directory)
    return .completed(record)
  }

  /// The trials of an experiment, and which of them are finished; nothing is carried out. A budget counts where the
  /// speed was measured before.
  public func trials(of experiment: any Experiment) throws -> [(trial: Trial, isFinished: Bool)] {
    var assumptions: [String] = []
    let directory = place.results(of: experiment, options.scale)
    var plan = try PlannedExperiment.plan(experiment, options, standIns: &assumptions)
    let speed = directory.appendingPathComponent(BudgetDecision.fileName)
    if let minutes = options.budgetMinutes,
      try BudgetDecision.read(from: speed, settings: plan.identities()) != nil
    {
      plan = try fit(plan, of: experiment, to: 60 * minutes, in: directory)
    }
    return try plan.trials().map { ($0, try place.run(of: $0).finished() != nil) }
  }

  /// Carries out the trials of this shard that are not finished; of one whose run is damaged it is said after the others.
  private func carryOut(_ trials: [Trial], of experiment: any Experiment) throws {
    let mine = options.shard?.part(of: trials)
    var seen: Set<String> = []
    var damage: (any Error)?
    let open = trials.filter { trial in
      guard mine?.contains(trial.identity) ?? true, seen.insert(trial.identity).inserted else {
        return false
      }
      do { return try place.run(of: trial).finished() == nil } catch {
        damage = damage ?? error
        return false
      }
    }
    if !open.isEmpty { try start(open, of: experiment) }
    if let damage { throw damage }
  }

  /// Carries out trials side by side.
  private func start(_ trials: [Trial], of experiment: any Experiment) throws {
    try OutputPlace.check(directory: place.root)
    try TrialData(of: trials).check()
    let display = RunnerDisplay(experiment.id, trials: trials, isQuiet: options.isQuiet)
    defer { display.close() }
    let pool = TrialPool(executor: executor, workers: options.workers, shouldStop: shouldStop)
    try pool.run(
      trials.map { ($0, place.run(of: $0)) }, began: { display.began($0) },
      ended: { display.ended($0, $1) })
  }

  /// Makes a plan smaller until it fits: ten steps of every setting are measured first. What was decided once is
  /// kept, so that a repetition goes on with the same trials.
  private func fit(
    _ planned: PlannedExperiment, of experiment: any Experiment, to seconds: Double,
    in directory: URL
  ) throws -> PlannedExperiment {
    let file = directory.appendingPathComponent(BudgetDecision.fileName)
    let settings = planned.plan.settings
    let rates: [TrialRate]
    let identities = try planned.identities()
    if let decision = try BudgetDecision.read(from: file, settings: identities) {
      rates = decision.rates
    } else {
      try TrialData(of: planned.trials()).check()
      rates = try settings.map { setting in
        var options = setting.options
        options.maxSteps = 10
        options.epochs = 1
        options.checkpointEvery = "1e"
        let trial = try Trial(setting.values, options, seed: planned.plan.seeds.first ?? 0)
        let run = place.run(of: trial)
        if try run.finished() == nil {
          try executor.run(trial, in: run, worker: 0, shouldStop: shouldStop)
        }
        return TrialRate(try run.finished())
      }
      if shouldStop() { return planned }
      try directory.makeDirectory()
      try BudgetDecision(settings: identities, rates: rates).write(to: file)
    }
    var costs: [Double] = []
    for (setting, rate) in zip(settings, rates) {
      let trial = try Trial(setting.values, setting.options, seed: 0)
      costs.append(rate.secondsPerEpoch(of: trial))
    }
    let places = settings.map(\.values)
    let (plan, reductions) = planned.plan.reduced(to: seconds, workers: options.workers) {
      setting in
      let index = places.firstIndex(of: setting.values) ?? 0
      return TrialRate.startSeconds + costs[index] * Double(setting.options.epochs ?? 1)
    }
    return PlannedExperiment(plan: plan, reductions: planned.reductions + reductions)
  }
}
