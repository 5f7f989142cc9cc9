// Trains a network on a data set of one's own, which is the file beside this one, and reads the run back.
//   .build/release/own-dataset DIR       leaves the run in DIR
import Foundation
import Timestep

let output = CommandLine.arguments.dropFirst().first ?? "runs/oscillators"
let datasets = DatasetCatalog.all + [Oscillators.descriptor]

// What `timestep train hamiltonian-8 --dataset oscillators ...` would be.
var options = RunOptions()
options.network = "hamiltonian-8"
options.dataset = "oscillators"
options.widths = [16]
options.h = 0.5
options.optimizer = "adam"
options.learningRate = 0.01
options.batchSize = 50
options.epochs = 20
options.threads = 1

let configuration = try RunConfiguration(resolving: options, datasets: datasets)
let (run, summary) = try TrainingRun(configuration, version: "example").start(
  output: output, observers: [ProgressDisplay()])
print("RMSE over the target's standard deviation", summary.finalTestRelativeRMSE ?? .nan)

let saved = try SavedRun(run, datasets: datasets)
let result = try saved.evaluate(.test)?.result
print("read back", result?[.relativeError] ?? .nan)
