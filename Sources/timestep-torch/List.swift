import TimeStepping
import TimestepCommand
import TimestepData
import TimestepNetworks

/// A line of a catalog.
private struct Entry: Encodable {
  let name: String
  let title: String
  let equation: String?
  let source: String?
  let depths: [Int]?
  let depthRule: String?
  let shape: [Int]?
  let classes: Int?

  init(
    _ name: String, _ title: String, equation: String? = nil, source: String? = nil,
    depths: [Int]? = nil, depthRule: String? = nil, shape: [Int]? = nil, classes: Int? = nil
  ) {
    self.name = name
    self.title = title
    self.equation = equation
    self.source = source
    self.depths = depths
    self.depthRule = depthRule
    self.shape = shape
    self.classes = classes
  }

  init(_ entry: any CatalogEntry) {
    self.init(entry.name, entry.title, equation: entry.equation, source: entry.source)
  }
}

/// `timestep list`
func runList(_ command: ListCommand) throws {
  let entries = entries(of: command.catalog)
  if command.json { return try printJSON(entries) }
  if entries.isEmpty {
    printError("there are no \(command.catalog.rawValue) yet")
    return
  }
  printTable(
    ["name", "", ""],
    entries.map { entry in
      let detail =
        entry.equation ?? "\(entry.shape ?? []), \(entry.classes ?? 0) classes"
      return [entry.name, entry.title, detail]
    })
}

private func entries(of catalog: Catalog) -> [Entry] {
  switch catalog {
  case .networks:
    NetworkCatalog.families.map { family in
      Entry(
        "\(family.name)-D", "\(family.title); D = \(family.depthRule)", equation: family.equation,
        source: family.source, depths: family.depths.sorted(), depthRule: family.depthRule)
    }
  case .schemes:
    SchemeCatalog.all.map {
      Entry(
        $0.name, $0.title + ($0.order.map { ", order \($0)" } ?? ""), equation: $0.updateEquation,
        source: $0.source)
    }
  case .fields: FieldCatalog.all.map { Entry($0) }
  case .transitions: TransitionCatalog.all.map { Entry($0) }
  case .datasets:
    DatasetCatalog.all.map {
      Entry($0.name, $0.title, shape: $0.elementShape, classes: $0.classNames.count)
    }
  case .noises: NoiseCatalog.all.map { Entry($0) }
  case .diagnostics, .experiments: []
  }
}
