import Foundation
import TimeStepping
import TimestepCommand
import TimestepData

/// A line of `timestep data list`.
private struct Listed: Encodable {
  let name: String
  let title: String
  let task: String
  let shape: [Int]
  let classes: Int
  let train: Int
  let test: Int
  /// Where it is, or nil.
  let directory: String?
  /// Whether it is made rather than read.
  let isMade: Bool
  /// How to get it, or nil where it is there.
  let advice: String?

  init(_ dataset: DatasetDescriptor) {
    name = dataset.name
    title = dataset.title
    task = dataset.task.kind.rawValue
    shape = dataset.elementShape
    classes = dataset.task.names.count
    (train, test) = dataset.counts
    isMade = dataset.markers.isEmpty
    directory = isMade ? nil : try? DatasetSearch().directory(of: dataset)
    advice =
      isMade || directory != nil
      ? nil
      : dataset.source.map { "'timestep data fetch \(dataset.name)' fetches \($0.size)" }
        ?? dataset.remedy
  }
}

/// `timestep data list`
func runDataList(_ command: DataListCommand) throws {
  let sets = DatasetCatalog.all.map(Listed.init)
  if command.json { return try printJSON(sets) }
  printTable(
    ["name", "task", "shape", "classes", "train", "test", "where"],
    sets.map { set in
      [
        set.name, set.task, set.shape.map(String.init).joined(separator: "x"), "\(set.classes)",
        grouped(set.train), grouped(set.test),
        set.isMade ? "made as it is asked for" : set.directory ?? "not found; \(set.advice ?? "")",
      ]
    }, rightAligned: [3, 4, 5])
}

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

/// `timestep data check`
func runDataCheck(_ command: DataCheckCommand) throws {
  let named = try DatasetCatalog.dataset(named: command.name)
  // Every damaged file is to be named, not the first only.
  let options = ReadingOptions(skipsCorruptFiles: named.isOpen)
  let dataset = try named.resolved(directory: command.directory, options: options)
  let check = try DatasetCheck(dataset, directory: command.directory)
  if command.json { try printJSON(check) } else { show(check, title: dataset.title) }
  guard let first = check.problems.first else { return }
  let others = check.problems.count > 1 ? ", the first of \(check.problems.count) problems" : ""
  throw CommandError(
    status: check.isIncomplete ? .inputNotFound : .badData, message: "\(first)\(others)")
}

private func show(_ check: DatasetCheck, title: String) {
  print("\(title)\(check.directory.map { " in \($0)" } ?? "")")
  for file in check.files { print("  \(file.path): \(file.state.rawValue)") }
  for part in check.parts {
    var line = "  \(part.split.rawValue): \(grouped(part.examples)) of \(grouped(part.complete))"
    line += " examples"
    if let low = part.examplesPerClass.min(), let high = part.examplesPerClass.max() {
      line += low == high ? ", \(grouped(low)) of each class" : ", by class:"
      print(line)
      if low != high {
        for (name, count) in zip(part.classes, part.examplesPerClass) {
          print("    \(name): \(grouped(count))")
        }
      }
    } else {
      print(line)
    }
  }
  for problem in check.problems { print("  problem: \(problem)") }
  if check.problems.isEmpty { print("  every example was read; nothing is wrong") }
}
