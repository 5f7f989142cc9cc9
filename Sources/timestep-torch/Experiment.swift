import Foundation
import TimestepCommand
import TimestepDiagnostics
import TimestepExperiments

/// `timestep experiment`
func runExperiment(_ command: ExperimentCommand) throws {
  let experiments = try ExperimentCatalog.experiments(named: command.experiments)
  var options = ExperimentRunner.Options()
  options.scale = ExperimentScale(rawValue: command.scale.rawValue) ?? .reduced
  options.workers = command.jobs ?? ProcessorCores.available.count
  options.budgetMinutes = command.budgetMinutes
  options.seeds = command.seeds
  options.overrides.precision = command.precision?.rawValue
  options.overrides.device = command.device?.rawValue
  options.isQuiet = command.quiet
  if let text = command.shard {
    guard let shard = Shard(text) else {
      throw CommandError(
        status: .usage, message: "--shard \(text): expected i/n with 1 <= i <= n, such as 1/4")
    }
    options.shard = shard
  }
  StopSignal.install()
  let place = ExperimentPlace(URL(fileURLWithPath: command.output))
  let executor = ProcessExecutor(
    executable: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
    workers: options.workers)
  let runner = ExperimentRunner(
    place, executor: executor, options: options, version: timestepVersion
  ) { StopSignal.number != nil }
  if command.dryRun {
    for experiment in experiments { try printPlan(of: experiment, runner) }
    return
  }
  var records: [ExperimentRecord] = []
  var incomplete: [String] = []
  for experiment in experiments {
    switch try runner.run(experiment) {
    case .completed(let record):
      records.append(record)
      let directory = place.results(of: experiment, options.scale)
      try writePage(directory, command)
      if !command.json { print(record, directory) }
    case .incomplete(let finished, let all):
      incomplete.append("\(experiment.id): \(finished) of \(all) trials are finished")
    }
    if let signal = StopSignal.number {
      throw CommandError(
        status: signal == SIGTERM ? .terminated : .interrupted,
        message: "stopped; what was done is saved, and the same command goes on")
    }
  }
  if command.json { try printJSON(records) }
  for line in incomplete { printError(line) }
}

private func print(_ record: ExperimentRecord, _ directory: URL) {
  print("\(record.id): \(record.title)")
  for line in record.lines { print("  " + line) }
  print(directory.relativePath)
}

/// Draws the plots and writes the page.
private func writePage(_ directory: URL, _ command: ExperimentCommand) throws {
  let report = try DirectoryReport(directory)
  let written = try report.write(
    to: directory.appendingPathComponent("page.html"), withPictures: !command.noPictures,
    isDrawn: !command.noPictures)
  if let notice = written.notice, !command.quiet { printError("plots are not drawn: \(notice)") }
  try refuseUnreadable(report)
}

private func printPlan(of experiment: any Experiment, _ runner: ExperimentRunner) throws {
  let trials = try runner.trials(of: experiment)
  let open = trials.filter { !$0.isFinished }.count
  print("\(experiment.id): \(trials.count) trials, \(open) to do")
  for (trial, isFinished) in trials {
    let place = trial.values.map(\.description).joined(separator: ", ")
    print("  \(isFinished ? "done " : "to do") \(trial.name)  \(place), seed \(trial.seed)")
  }
}
