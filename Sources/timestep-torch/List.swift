import TimeStepping
import TimestepCommand
import TimestepData
import TimestepDiagnostics
import TimestepExperiments
import TimestepNetworks
import TimestepTraining

/// A line of a catalog.
private struct Entry: Encodable {
  let name: String
  let title: String
  var equation: String?
  var source: String?
  var depths: [Int]?
  var depthRule: String?
  var shape: [Int]?
  var task: String?
  var examples: String?
  var input: String?
  var output: String?
  var classes: Int?
  var arguments: [ArgumentDescription]?
  var scheme: SchemeFacts?

  init(_ name: String, _ title: String) {
    self.name = name
    self.title = title
  }

  init(_ entry: any CatalogEntry, _ arguments: [ArgumentDescription] = []) {
    self.init(entry.name, entry.title)
    equation = entry.equation
    source = entry.source
    self.arguments = arguments.isEmpty ? nil : arguments
  }
}

/// `timestep list`
func runList(_ command: ListCommand) throws {
  if command.catalog == .experiments { return try listExperiments(json: command.json) }
  let entries = entries(of: command.catalog)
  if command.json { return try printJSON(entries) }
  if entries.isEmpty {
    printError("there are no \(command.catalog.rawValue) yet")
    return
  }
  let width = entries.map(\.name.count).max() ?? 0
  let indent = String(repeating: " ", count: width + 2)
  for entry in entries {
    let space = String(repeating: " ", count: width - entry.name.count + 2)
    print(entry.name + space + entry.title)
    print(
      indent
        + (entry.equation
          ?? "\(entry.task ?? "") of \(entry.examples ?? "") \(entry.shape ?? []): \(entry.output ?? "")")
    )
    if let input = entry.input { print(indent + "looks at: " + input) }
    if let scheme = entry.scheme { print(indent + scheme.description) }
    for argument in entry.arguments ?? [] {
      print("\(indent)  \(argument.key)=\(argument.standard)  \(argument.meaning)")
    }
  }
}

private func entries(of catalog: Catalog) -> [Entry] {
  switch catalog {
  case .networks:
    NetworkCatalog.families.map { family in
      var entry = Entry(family)
      entry = Entry("\(family.name)-D", "\(family.title); D = \(family.depthRule)")
      entry.equation = family.equation
      entry.source = family.source
      entry.depths = family.depths.sorted()
      entry.depthRule = family.depthRule
      return entry
    }
  case .schemes:
    SchemeCatalog.all.map { scheme in
      var entry = Entry(scheme.name, scheme.title)
      entry.equation = scheme.updateEquation
      entry.source = scheme.source
      entry.arguments = scheme.arguments.isEmpty ? nil : scheme.arguments
      entry.scheme = SchemeFacts(scheme)
      return entry
    }
  case .fields: FieldCatalog.all.map { Entry($0, $0.arguments) }
  case .weights: WeightsCatalog.all.map { Entry($0, $0.arguments) }
  case .transitions: TransitionCatalog.all.map { Entry($0, $0.arguments) }
  case .adjoints: AdjointCatalog.all.map { Entry($0, $0.arguments) }
  case .corruptions:
    CorruptionCatalog.all.map { corruption in
      var entry = Entry(corruption.name, corruption.title)
      entry.equation = corruption.equation
      entry.source = corruption.source
      entry.arguments = corruption.arguments
      return entry
    }
  case .regularizers: RegularizerCatalog.all.map { Entry($0, $0.arguments) }
  case .minimizers: MinimizerCatalog.all.map { Entry($0, $0.arguments) }
  case .noises: NoiseCatalog.all.map { Entry($0, $0.arguments) }
  case .datasets:
    DatasetCatalog.all.map { dataset in
      var entry = Entry(dataset.name, dataset.title)
      entry.shape = dataset.elementShape
      entry.examples = dataset.elementKind.rawValue
      entry.output =
        dataset.isOpen ? "the classes of its directory" : NetworkTask(dataset).output.text
      entry.arguments = dataset.arguments.isEmpty ? nil : dataset.arguments
      entry.task = dataset.task.kind.rawValue
      entry.classes = dataset.isOpen ? nil : dataset.task.names.count
      return entry
    }
  case .diagnostics:
    DiagnosticCatalog.all.map { diagnostic in
      var entry = Entry(diagnostic, diagnostic.arguments)
      entry.input = diagnostic.input.rawValue
      return entry
    }
  case .weightNames: WeightNamingCatalog.all.map { Entry($0) }
  case .experiments: []
  }
}
