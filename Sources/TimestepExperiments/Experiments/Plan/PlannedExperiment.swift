/// A plan as it is carried out here: with a command's own choices, and with stand-ins for data that are not there.
struct PlannedExperiment {
  /// More trainings than anyone carries out: a mistake in a file.
  private static let trialLimit = 20_000

  var plan: ExperimentPlan
  /// What was left out, in words.
  var reductions: [String] = []

  /// Every setting with every seed, resolved.
  func trials() throws -> [Trial] { try plan.trials() }

  /// What tells the settings apart: their trials' identities with the first seed.
  func identities() throws -> [String] {
    try plan.settings.map {
      try Trial($0.values, $0.options, seed: plan.seeds.first ?? 0).identity
    }
  }

  /// Makes the plan of an experiment.
  ///
  /// - Parameter standIns: is told where noise stands for a data set, which is done at the smallest scale only.
  static func plan(
    _ experiment: any Experiment, _ options: ExperimentRunner.Options, standIns: inout [String]
  ) throws -> PlannedExperiment {
    var plan = try experiment.plan(options.scale)
    var reductions: [String] = []
    if let wanted = options.seeds {
      if wanted < plan.seeds.count {
        reductions.append("\(wanted) of \(plan.seeds.count) seeds")
      }
      var next = (plan.seeds.max() ?? 0) + 1
      while plan.seeds.count < wanted {
        plan.seeds.append(next)
        next += 1
      }
      plan.seeds = Array(plan.seeds.prefix(wanted))
    }
    let count = plan.settings.count * plan.seeds.count
    guard count <= trialLimit else {
      throw RunError(
        .configuration,
        "\(experiment.source): \(plan.settings.count) settings with \(plan.seeds.count) seeds are \(count) "
          + "trainings, more than \(trialLimit); divide them")
    }
    var told: Set<String> = []
    for index in plan.settings.indices {
      plan.settings[index].options = options.overrides.over(plan.settings[index].options)
      guard options.scale == .smoke else { continue }
      if let note = try DataStandIn.replace(in: &plan.settings[index].options),
        told.insert(note).inserted
      {
        standIns.append(note)
      }
    }
    return PlannedExperiment(plan: plan, reductions: reductions)
  }
}
