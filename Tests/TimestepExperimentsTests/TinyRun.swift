import Foundation
import TestSupport
import TimestepExperiments

/// The choices of a training that takes a second: a ResNet-8 with four channels on generated images.
func tinyOptions(_ scratch: Scratch, _ yaml: String = "") throws -> RunOptions {
  let data = scratch.path("data")
  if !FileManager.default.fileExists(atPath: data) {
    try SmallImages.writeIDX(to: "data", of: scratch)
  }
  let basic = try ConfigurationFile.parse(
    """
    network: resnet-8
    widths: [4, 4, 4]
    dataset: fashion-mnist
    data: \(data)
    epochs: 2
    batch-size: 16
    threads: 2
    seed: 1
    """, from: "basic")
  return try ConfigurationFile.parse(yaml, from: "test").over(basic)
}

/// Trains into a directory of the scratch.
func train(_ options: RunOptions, into name: String, of scratch: Scratch) throws -> (
  directory: RunDirectory, summary: RunSummary
) {
  try TrainingRun(RunConfiguration(resolving: options), version: "test").start(
    output: scratch.path(name))
}

/// The error of a call as an error about a run; nil for none and for others.
func runError(_ call: () throws -> some Any) -> RunError? {
  do {
    _ = try call()
    return nil
  } catch {
    return error as? RunError
  }
}
