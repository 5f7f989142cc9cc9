import Foundation
import TimestepCommand
import TimestepExperiments
import TimestepNetworks
import TimestepTorch

/// `timestep export`
func runExport(_ command: ExportCommand) throws {
  guard command.file.hasSuffix(".safetensors") else {
    throw CommandError(
      status: .usage, message: "--to \(command.file): the file's name must end in .safetensors")
  }
  let naming = try WeightNamingCatalog.naming(named: command.names)
  var given = RunOptions()
  given.device = "cpu"  // A run of a GPU is exported anywhere.
  let run = try SavedRun(
    RunDirectory(URL(fileURLWithPath: command.run)), overriding: given)
  let parameters = run.network.parameters
  let weights = try NamedWeights(
    parameters, of: run.configuration.description(of: run.network), as: naming)
  let isOwn = naming.name == TimestepNames().name
  var metadata = [
    "format": isOwn ? "timestep" : "pt", "network": run.configuration.networkName,
    "version": timestepVersion,
  ]
  if !isOwn { metadata["names"] = naming.name }
  try weights.safetensors(steps: run.steps, metadata: metadata)
    .write(to: URL(fileURLWithPath: command.file))
  if !isOwn, let h = run.configuration.options.h, h != 1 {
    printError("h = \(h) is no weight: the program that reads the file has to set it")
  }
  printError("\(parameters.trainableCount) parameters, \(parameters.all.count) tensors")
  print(command.file)
}
