import Foundation
import TimestepCommand
import TimestepData
import TimestepExperiments
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// `timestep train`
func runTrain(_ command: TrainCommand) throws {
  let configuration = try command.options.resolved(
    network: command.network, output: command.output)
  if command.options.configuration.printsAndStops {
    print(try ConfigurationFile.text(configuration.options), terminator: "")
    return
  }
  if command.deterministic == .check {
    try DeterminismCheck(configuration: configuration, json: command.json).run()
    return
  }
  let run = TrainingRun(configuration, version: timestepVersion)
  try carryOut(configuration, quiet: command.quiet, json: command.json) { observers in
    let directory = command.output.map { RunDirectory(URL(fileURLWithPath: $0)) }
    if command.resume, let directory, directory.holdsRun {
      return (directory, try run.resume(directory, observers: observers, shouldStop: isToStop))
    }
    return try run.start(
      output: configuration.options.output, observers: observers,
      recordsFingerprints: command.deterministic == .record, shouldStop: isToStop)
  }
}

/// `timestep resume`
func runResume(_ command: ResumeCommand) throws {
  var given = RunOptions()
  given.epochs = command.epochs
  given.data = command.directory
  try command.checkpoints.give(to: &given)
  given.device = command.device?.rawValue
  given.threads = command.threads
  let directory = RunDirectory(URL(fileURLWithPath: command.run))
  let configuration = try directory.configuration(changing: given)
  try carryOut(configuration, quiet: command.quiet, json: command.json) { observers in
    let run = TrainingRun(configuration, version: timestepVersion)
    return (directory, try run.resume(directory, observers: observers, shouldStop: isToStop))
  }
}

/// Whether a signal has asked for the end, or nobody waits for it any more.
private func isToStop() -> Bool { StopSignal.number != nil || WorkerProcess.isOrphan }

/// Trains, and prints what came out.
private func carryOut(
  _ configuration: RunConfiguration, quiet: Bool, json: Bool,
  _ train: ([any TrainingObserver]) throws -> (RunDirectory, RunSummary)
) throws {
  let adjoint = try NetworkChoices(configuration.networkOptions).adjoint
  try adjoint.isFrugal ? Torch.returnFreedMemory() : Torch.keepFreedMemory()
  StopSignal.install()
  if !quiet {
    let options = configuration.options
    printError(
      "\(configuration.networkName), \(options.scheme ?? "") with h = \(options.h ?? 1), on "
        + "\(configuration.dataset.title); \(configuration.threads) thread"
        + (configuration.threads == 1 ? "" : "s"))
    if let advice = precisionAdvice(configuration) { printError(advice) }
  }
  let (directory, summary) = try train([ProgressDisplay(noticesOnly: quiet)])
  if let skipped = summary.skippedFiles, skipped > 0 {
    printError(
      "damaged files that were passed over: \(skipped); they are named in "
        + directory.skippedFiles.relativePath)
  }
  if json {
    try printJSON(DirectoryAndSummary(directory: directory.url.relativePath, summary: summary))
  } else {
    print(sentence(summary, of: configuration.dataset.elementKind))
    print(directory.url.relativePath)
  }
  try finish(summary, directory)
}

/// What bfloat16 would gain; nil where it is in use or has nothing to give.
private func precisionAdvice(_ configuration: RunConfiguration) -> String? {
  guard configuration.device == .cpu, configuration.precision == .fp32,
    configuration.fastestPrecision == .bf16
  else { return nil }
  // Measured with ResNet-20; with AMX there was nothing to measure on.
  let gain = Processor.hasAMX ? "faster" : "about 1.3 times as fast"
  return "this processor multiplies bfloat16: --precision bf16 would train \(gain), "
    + "with less memory"
}

/// What `train --json` prints instead of a sentence and the directory.
private struct DirectoryAndSummary: Encodable {
  let directory: String
  let summary: RunSummary
}

private func sentence(_ summary: RunSummary, of kind: ElementKind) -> String {
  var parts = ["\(summary.network): \(summary.status.rawValue)"]
  for (metric, last, best) in [
    (Metric.accuracy, summary.finalTestAccuracy, summary.bestTestAccuracy),
    (.meanIntersectionOverUnion, summary.finalTestMeanIoU, summary.bestTestMeanIoU),
    (.rootMeanSquareError, summary.finalTestRMSE, summary.bestTestRMSE),
    (.relativeError, summary.finalTestRelativeRMSE, summary.bestTestRelativeRMSE),
    (.determination, summary.finalTestR2, summary.bestTestR2),
  ] {
    guard let last else { continue }
    parts.append("test \(metric.title) \(metric.text(last))")
    if let best, best != last { parts.append("best \(metric.text(best))") }
  }
  parts.append("\(summary.parameters) parameters")
  if summary.lossSpikes > 0 {
    parts.append("\(summary.lossSpikes) loss spike\(summary.lossSpikes == 1 ? "" : "s")")
  }
  if let speed = summary.imagesPerSecond {
    parts.append(String(format: "%.0f \(kind.rawValue)/s", speed))
  }
  return parts.joined(separator: ", ")
}

/// The exit code of a run that did not complete.
private func finish(_ summary: RunSummary, _ directory: RunDirectory) throws {
  switch summary.status {
  case .completed:
    return
  case .diverged:
    let lines = [
      "training diverged: \(summary.message ?? "loss not finite")",
      summary.divergence?.ratios.map { "\($0)" },
      (try? directory.newestCheckpoint())?.map { "\($0.checkpoint.name)" }.map {
        (summary.divergence?.quantity == .testLoss
          ? "the parameters that gave it are saved in " : "the parameters before it are saved in ")
          + "\(directory.url.relativePath)/checkpoints/\($0)"
      },
    ]
    throw CommandError(
      status: .diverged, message: lines.compactMap { $0 }.joined(separator: "\n"))
  case .interrupted:
    throw CommandError(
      status: StopSignal.number == SIGTERM ? .terminated : .interrupted,
      message: "stopped after step \(summary.steps); its state is saved in "
        + "\(directory.url.relativePath); go on with 'timestep resume \(directory.url.relativePath)'"
    )
  }
}
