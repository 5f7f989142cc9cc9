import Foundation
import TimestepCommand
import TimestepExperiments
import TimestepTorch

/// `timestep export`
func runExport(_ command: ExportCommand) throws {
  guard command.file.hasSuffix(".safetensors") else {
    throw CommandError(
      status: .usage, message: "--to \(command.file): the file's name must end in .safetensors")
  }
  var given = RunOptions()
  given.device = "cpu"  // A run of a GPU is exported anywhere.
  let run = try SavedRun(
    RunDirectory(URL(fileURLWithPath: command.run)), overriding: given)
  let parameters = run.network.parameters
  try parameters.safetensors(metadata: [
    "format": "timestep", "network": run.configuration.networkName, "version": timestepVersion,
  ]).write(to: URL(fileURLWithPath: command.file))
  printError("\(parameters.trainableCount) parameters, \(parameters.all.count) tensors")
  print(command.file)
}
