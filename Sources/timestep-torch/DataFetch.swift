import Foundation
import TimestepCommand
import TimestepData

/// `timestep data fetch`
func runDataFetch(_ command: DataFetchCommand) throws {
  let dataset = try DatasetCatalog.dataset(named: command.name)
  let folder =
    DatasetSearch().dataDirectory ?? FileManager.default.currentDirectoryPath + "/.data"
  let directory = command.directory ?? "\(folder)/\(dataset.name)"
  try DatasetFetch(dataset, to: directory, mirror: command.mirror).run {
    if !command.quiet { printError($0) }
  }
  print(directory)
}
