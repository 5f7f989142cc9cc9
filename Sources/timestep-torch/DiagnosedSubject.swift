import Foundation
import TimeStepping
import TimestepCommand
import TimestepDiagnostics
import TimestepExperiments
import TimestepNetworks
import TimestepTorch

/// What `timestep diagnose` is to look at: checked when it is made, read later.
struct DiagnosedSubject {
  /// The diagnostic, of one scheme where one is named.
  let diagnostic: any Diagnostic
  /// Its name with its arguments, for the record.
  let name: String
  /// The directory for the results unless another is named.
  let directory: String
  /// Reads the subject.
  let context: () throws -> DiagnosticContext

  /// Checks what was named against what the diagnostic takes; throws ``CommandError`` for what would be ignored.
  init(_ command: DiagnoseCommand) throws {
    let diagnostic = try DiagnosticCatalog.diagnostic(named: command.name)
    let title = try NamedChoice("diagnostic", command.name).name
    let subjects = command.subjects
    if diagnostic.input != .histories, subjects.count > 1 {
      throw Self.refusal(title, diagnostic, "\(subjects.count) subjects were named")
    }
    let first = subjects.first
    var isDirectory: ObjCBool = false
    let isRun =
      first.map { FileManager.default.fileExists(atPath: $0, isDirectory: &isDirectory) } == true
      && isDirectory.boolValue
    let looksAtRun = diagnostic.input == .trainedRun || (isRun && diagnostic.input != .histories)
    if !looksAtRun || diagnostic.input == .nothing {
      for (option, isGiven) in [
        ("--data", command.dataDirectory != nil), ("--batch-size", command.batchSize != nil),
        ("--device", command.device != nil),
        ("--precision", command.precision != nil && diagnostic.input != .network),
      ] where isGiven {
        throw Self.refusal(title, diagnostic, "\(option) is for the network of a run; leave it out")
      }
    }
    let budget = DiagnosticBudget(
      examples: command.examples ?? DiagnosticBudget().examples,
      seconds: command.seconds ?? DiagnosticBudget().seconds)
    let seed = command.seed ?? 0
    func join(_ label: String, network: ResidualNetwork? = nil, scheme: (any Scheme)? = nil)
      throws -> DiagnosticContext
    {
      if let threads = command.threads { try Torch.setThreads(threads) }
      return DiagnosticContext(
        label, network: network, scheme: scheme, seed: seed, budget: budget)
    }
    let file = first.map { $0.map { ":,/".contains($0) ? "-" : String($0) }.joined() } ?? ""
    var place = isRun ? "\(first ?? "")/diagnostics" : "diagnostics"
    var chosen = diagnostic
    var name = command.name
    switch (diagnostic.input, first) {
    case (.nothing, nil):
      context = { try join("a problem of its own") }
    case (_, nil):
      // The diagnostic itself says what it lacks.
      context = { try join(diagnostic.title) }
    case (.nothing, .some(let text)):
      guard !isRun, diagnostic.choosesScheme else {
        throw Self.refusal(
          title, diagnostic,
          "'\(text)' was named" + (isRun ? "; --output says where its results go" : ""))
      }
      let scheme = try SchemeCatalog.scheme(named: text)
      chosen = try DiagnosticCatalog.diagnostic(named: command.name, ofScheme: text)
      name = try NamedChoice("diagnostic", command.name).setting("scheme", to: text).description
      place += "/\(file)"
      context = { try join(scheme.title) }
    case (.histories, _):
      let runs = subjects.map { RunDirectory(URL(fileURLWithPath: $0)) }
      if runs.count > 1 { place = "diagnostics" }
      context = {
        let histories = try runs.histories()
        var context = try join(Set(histories.map(\.label)).sorted().joined(separator: "; "))
        context.histories = histories
        return context
      }
    case (_, .some(let text)) where looksAtRun:
      context = {
        var given = RunOptions()
        given.data = command.dataDirectory
        given.batchSize = command.batchSize
        given.precision = command.precision?.rawValue
        given.device = command.device?.rawValue
        given.threads = command.threads
        let run = try SavedRun(RunDirectory(URL(fileURLWithPath: text)), overriding: given)
        return try run.diagnosticContext(seed: seed, budget: budget)
      }
    case (.scheme, .some(let text)):
      place += "/\(file)"
      context = {
        let scheme = try SchemeCatalog.scheme(named: text)
        return try join(scheme.title, scheme: scheme)
      }
    case (_, .some(let text)):
      place += "/\(file)"
      context = {
        let network = try NetworkCatalog.make(
          text, seed: seed, dataType: command.precision == .fp64 ? .float64 : .float32)
        return try join("\(text), fresh weights", network: network)
      }
    }
    self.diagnostic = chosen
    self.name = name
    directory = "\(place)/\(title)"
  }

  private static func refusal(
    _ name: String, _ diagnostic: any Diagnostic, _ problem: String
  ) -> CommandError {
    CommandError(status: .usage, message: "\(name) takes \(diagnostic.subjects); \(problem)")
  }
}
