import TimestepExperiments

/// A line of the catalog of experiments.
private struct ExperimentEntry: Encodable {
  let name: String
  let title: String
  let source: String
  /// Trainings at reduced scale.
  let trials: Int
  /// What they take on this machine.
  let minutes: Double
}

/// `timestep list experiments`: by source, with what the reduced scale costs on this machine.
func listExperiments(json: Bool) throws {
  let speed = try MachineSpeed.measured()
  let workers = ProcessorCores.available.count
  let entries = try ExperimentCatalog.all.map { experiment in
    let plan = try experiment.plan(.reduced)
    return ExperimentEntry(
      name: experiment.id, title: experiment.title, source: experiment.source,
      trials: plan.settings.count * plan.seeds.count,
      minutes: try plan.estimatedSeconds(speed, workers: workers) / 60)
  }
  if json { return try printJSON(entries) }
  let width = entries.map(\.name.count).max() ?? 0
  for group in ExperimentGroup.allCases {
    let members = entries.filter { $0.name.hasPrefix(group.rawValue + "/") }
    guard !members.isEmpty else { continue }
    print("\(group.title): \(members.count)")
    for entry in members {
      let space = String(repeating: " ", count: width - entry.name.count + 2)
      print("  \(entry.name)\(space)\(entry.title)  [\(cost(entry))]")
    }
  }
  print(
    "In brackets: trainings of --scale reduced and about what they take here with \(workers) jobs;")
  print("experiments share trainings, which are computed once.")
}

private func cost(_ entry: ExperimentEntry) -> String {
  guard entry.trials > 0 else { return "no training" }
  let minutes =
    entry.minutes < 1 ? "under a minute" : "about \(Int(entry.minutes.rounded(.up))) min"
  return "\(entry.trials) trainings, \(minutes)"
}
