import TimestepCommand
import TimestepData

/// `timestep data check`
func runDataCheck(_ command: DataCheckCommand) throws {
  let named = try DatasetCatalog.dataset(named: command.name)
  // Every damaged file is to be named, not the first only.
  let options = ReadingOptions(skipsCorruptFiles: named.isOpen)
  let dataset = try named.resolved(directory: command.directory, options: options)
  let check = try DatasetCheck(dataset, directory: command.directory)
  if command.json { try printJSON(check) } else { show(check, title: dataset.title) }
  guard let first = check.problems.first else { return }
  let others = check.problems.count > 1 ? " (the first of \(check.problems.count) problems)" : ""
  throw CommandError(
    status: check.isIncomplete ? .inputNotFound : .badData, message: "\(first)\(others)")
}

private func show(_ check: DatasetCheck, title: String) {
  print("\(title)\(check.directory.map { " in \($0)" } ?? ", made as it is asked for")")
  for problem in check.unreadable { print("  problem: \(problem)") }
  for file in check.files { print("  \(file.path): \(file.state.rawValue)") }
  for part in check.parts {
    var line = "  \(part.split.rawValue): \(grouped(part.examples)) of \(grouped(part.complete))"
    line += " examples\(part.directory.map { " in \($0)" } ?? "")"
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
  for directory in check.unused {
    print(
      "  \(directory): not used; of test, val and validation, the first with classes in it measures"
    )
  }
  for problem in check.differences { print("  problem: \(problem)") }
  if check.problems.isEmpty { print("  every example was read; nothing is wrong") }
}
