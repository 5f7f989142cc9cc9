import Foundation
import TimeStepping
import TimestepCommand
import TimestepDiagnostics
import TimestepExperiments
import TimestepNetworks
import TimestepTorch

/// `timestep diagnose`
func runDiagnose(_ command: DiagnoseCommand) throws {
  let diagnostic = try DiagnosticCatalog.diagnostic(named: command.name)
  let name = try NamedChoice("diagnostic", command.name).name
  try Torch.keepFreedMemory()
  let (context, standard) = try subject(of: diagnostic, command)
  let directory = URL(fileURLWithPath: command.output ?? "\(standard)/\(name)")
  let start = ContinuousClock.now
  let result = try diagnostic(context)
  let seconds = (ContinuousClock.now - start) / Duration.seconds(1)
  let record = DiagnosticRecord(
    result, of: diagnostic, named: command.name, label: context.label, seconds: seconds)
  try record.write(result, to: directory)
  if command.json { return try printJSON(result.tables) }
  print("\(diagnostic.title)\n\(context.label)")
  for line in result.summary { print(line) }
  printError(String(format: "measured in %.1f s", seconds))
  print(directory.relativePath)
}

/// `timestep report`
func runReport(_ command: ReportCommand) throws {
  if let markdown = command.markdown { return try writeBook(command, to: markdown) }
  let report = try DirectoryReport(URL(fileURLWithPath: command.directory))
  let (page, pictures, notice) = try report.write(
    to: command.output.map { URL(fileURLWithPath: $0) }, withPictures: !command.noPictures)
  if let notice { printError("plots are not drawn: \(notice)") }
  for section in report.page.sections {
    print(section.title)
    for line in section.summary { print("  " + line) }
  }
  if !pictures.isEmpty { printError("\(pictures.count) pictures in \(command.directory)/plots") }
  print(page.relativePath)
}

/// `timestep report --markdown`
private func writeBook(_ command: ReportCommand, to markdown: String) throws {
  let file = URL(fileURLWithPath: markdown)
  var preface = "# Results"
  if let path = command.preface {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw CommandError(status: .inputNotFound, message: "\(path): cannot be read")
    }
    preface = text
  }
  let pictures = command.pictures.map { URL(fileURLWithPath: $0) } ?? file.deletingPathExtension()
  try MarkdownBook(URL(fileURLWithPath: command.directory)).write(
    to: file, pictures: pictures, preface: preface)
  print(file.relativePath)
}

/// What a diagnostic is to look at, and the directory in which its results stand unless another is named.
private func subject(of diagnostic: any Diagnostic, _ command: DiagnoseCommand) throws -> (
  context: DiagnosticContext, directory: String
) {
  let budget = DiagnosticBudget(
    examples: command.examples ?? DiagnosticBudget().examples,
    seconds: command.seconds ?? DiagnosticBudget().seconds)
  let seed = command.seed ?? 0
  guard let first = command.subjects.first else {
    let label = diagnostic.input == .nothing ? "a problem of its own" : diagnostic.title
    return (DiagnosticContext(label, seed: seed, budget: budget), "diagnostics")
  }
  var isDirectory: ObjCBool = false
  let isRun =
    FileManager.default.fileExists(atPath: first, isDirectory: &isDirectory)
    && isDirectory.boolValue
  let place = "\(isRun ? "\(first)/" : "")diagnostics"
  if diagnostic.input == .nothing {
    return (DiagnosticContext("a problem of its own", seed: seed, budget: budget), place)
  }
  if diagnostic.input == .histories {
    let runs = command.subjects.map { RunDirectory(URL(fileURLWithPath: $0)) }
    let histories = try runs.histories()
    let label = Set(histories.map(\.label)).sorted().joined(separator: "; ")
    return (
      DiagnosticContext(label, histories: histories, seed: seed, budget: budget),
      runs.count == 1 ? place : "diagnostics"
    )
  }
  guard command.subjects.count == 1 else {
    throw CommandError(
      status: .usage,
      message: "\(diagnostic.name) looks at one subject, \(command.subjects.count) were named")
  }
  if isRun || diagnostic.input == .trainedRun {
    var given = RunOptions()
    given.data = command.dataDirectory
    given.batchSize = command.batchSize
    given.precision = command.precision?.rawValue
    given.device = command.device?.rawValue
    given.threads = command.threads
    let run = try SavedRun(RunDirectory(URL(fileURLWithPath: first)), overriding: given)
    return (try run.diagnosticContext(seed: seed, budget: budget), place)
  }
  if let threads = command.threads { try Torch.setThreads(threads) }
  let fileName = first.replacingOccurrences(of: ":", with: "-").replacingOccurrences(
    of: ",", with: "-")
  if diagnostic.input == .scheme {
    let scheme = try SchemeCatalog.scheme(named: first)
    return (
      DiagnosticContext(scheme.title, scheme: scheme, seed: seed, budget: budget),
      "\(place)/\(fileName)"
    )
  }
  let network = try NetworkCatalog.make(
    first, seed: seed, dataType: command.precision == .fp64 ? .float64 : .float32)
  return (
    DiagnosticContext(
      "\(first), fresh weights", network: network, seed: seed, budget: budget),
    "\(place)/\(fileName)"
  )
}
