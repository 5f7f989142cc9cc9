import Foundation
import TimestepCommand
import TimestepDiagnostics
import TimestepExperiments

/// `timestep experiment`
func runExperiment(_ command: ExperimentCommand) throws {
  try carryOut(
    ExperimentCatalog.experiments(named: command.experiments),
    ExperimentScale(rawValue: command.scale.rawValue) ?? .reduced, in: command.output,
    command.runner)
}

/// `timestep sweep`
func runSweep(_ command: SweepCommand) throws {
  let sweep = try Sweep(URL(fileURLWithPath: command.file))
  let results = ExperimentPlace(URL(fileURLWithPath: command.output)).results(of: sweep, .full)
  if !command.runner.dryRun, let earlier = try? ExperimentRecord(in: results),
    earlier.source != sweep.source
  {
    printError(
      "\(results.relativePath) held the results of \(earlier.source), which these replace; its trainings are kept"
    )
  }
  try carryOut([sweep], .full, in: command.output, command.runner)
}

/// Carries out one experiment after the other.
private func carryOut(
  _ experiments: [any Experiment], _ scale: ExperimentScale, in output: String,
  _ choices: RunnerOptions
) throws {
  var options = ExperimentRunner.Options()
  options.scale = scale
  options.workers = choices.jobs ?? ProcessorCores.available.count
  options.budgetMinutes = choices.budgetMinutes
  options.seeds = choices.seeds
  options.overrides.precision = choices.precision?.rawValue
  options.overrides.device = choices.device?.rawValue
  options.isQuiet = choices.quiet
  if let text = choices.shard {
    guard let shard = Shard(text) else {
      throw CommandError(
        status: .usage, message: "--shard \(text): expected i/n with 1 <= i <= n, such as 1/4")
    }
    options.shard = shard
  }
  StopSignal.install()
  let place = ExperimentPlace(URL(fileURLWithPath: output))
  let executor = ProcessExecutor(
    executable: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
    workers: options.workers)
  let runner = ExperimentRunner(
    place, executor: executor, options: options, version: timestepVersion
  ) { StopSignal.number != nil }
  if choices.dryRun {
    let plans = try experiments.map { try PlannedTrials(of: $0, runner) }
    if choices.json { try printJSON(plans) } else { for plan in plans { print(plan) } }
    return
  }
  var records: [ExperimentRecord] = []
  var incomplete: [String] = []
  for experiment in experiments {
    switch try runner.run(experiment) {
    case .completed(let record):
      records.append(record)
      let directory = place.results(of: experiment, options.scale)
      try writePage(directory, choices)
      if !choices.json { print(record, directory) }
    case .incomplete(let finished, let all):
      incomplete.append("\(experiment.id): \(finished) of \(all) trials are finished")
    }
    if let signal = StopSignal.number {
      throw CommandError(
        status: signal == SIGTERM ? .terminated : .interrupted,
        message: "stopped; what was done is saved, and the same command goes on")
    }
  }
  if choices.json { try printJSON(records) }
  for line in incomplete { printError(line) }
}

private func print(_ record: ExperimentRecord, _ directory: URL) {
  print("\(record.id): \(record.title)")
  for line in record.lines { print("  " + line) }
  print(directory.relativePath)
}

/// Draws the plots and writes the page.
private func writePage(_ directory: URL, _ choices: RunnerOptions) throws {
  let report = try DirectoryReport(directory)
  let written = try report.write(
    to: directory.appendingPathComponent("page.html"), withPictures: !choices.noPictures,
    isDrawn: !choices.noPictures)
  if let notice = written.notice, !choices.quiet { printError("plots are not drawn: \(notice)") }
  try refuseUnreadable(report)
}
