import Foundation
import TimestepCommand
import TimestepData
import TimestepExperiments
import TimestepTorch
import TimestepTraining

/// `timestep evaluate`
func runEvaluate(_ command: EvaluateCommand) throws {
  var given = RunOptions()
  given.data = command.dataDirectory
  given.batchSize = command.batchSize
  given.testLimit = command.testLimit
  given.device = command.device?.rawValue
  given.threads = command.threads
  try Torch.keepFreedMemory()
  StopSignal.install()
  let run = try SavedRun(RunDirectory(URL(fileURLWithPath: command.run)), overriding: given)
  if let file = command.logits {
    // Noticed now rather than after the work.
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw CommandError(
        status: .cannotCreateOutput, message: "--logits \(file): \(folder) cannot be written to")
    }
  }
  let split: DatasetSplit = command.split == .train ? .train : .test
  guard
    let (result, outputs, shape) = try run.evaluate(
      split, shouldStop: { StopSignal.number != nil })
  else {
    throw CommandError(
      status: StopSignal.number == SIGTERM ? .terminated : .interrupted,
      message: "evaluation was stopped")
  }
  if let file = command.logits {
    try NumPyFile.write(outputs, shape: shape, to: URL(fileURLWithPath: file))
  }
  if command.json {
    try printJSON(result)
  } else {
    print(
      "\(run.configuration.networkName) on the \(split.rawValue) part of "
        + "\(run.configuration.dataset.title), \(result.examples) "
        + run.configuration.dataset.elementKind.rawValue)
    let width = result.metrics.map(\.title.count).max() ?? 0
    let rows =
      [("loss", String(format: "%.4f", result.loss))]
      + zip(result.metrics, result.values).map { ($0.title, $0.text($1)) }
    for (name, value) in rows {
      print(name.padding(toLength: max(width, 4) + 2, withPad: " ", startingAt: 0) + value)
    }
  }
}
