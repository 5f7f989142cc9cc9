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
