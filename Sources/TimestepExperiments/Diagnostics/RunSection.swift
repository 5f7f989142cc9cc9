import Foundation
import TimestepDiagnostics

extension ReportPage.Section {
  /// The epochs of a run, what came out of it and its configuration; files that cannot be read are noted and left out.
  static func of(
    _ run: RunDirectory, _ place: String, unreadable: inout [UnreadableFile]
  ) throws -> ReportPage.Section {
    func reading<Value>(_ file: URL, _ body: () throws -> Value?) -> Value? {
      do { return try body() } catch {
        unreadable.append(UnreadableFile(file, error))
        return nil
      }
    }
    let options = reading(run.configuration) { try run.savedOptions() }
    var context = DiagnosticContext(
      [options?.network, options?.dataset].compactMap { $0 }.joined(separator: " on "))
    context.histories =
      reading(run.metrics) {
        guard FileManager.default.fileExists(atPath: run.metrics.path) else { return [] }
        return [
          try TrainingHistory(
            options?.network ?? place, seed: options?.seed ?? 0, metrics: run.metrics.path)
        ]
      } ?? [TrainingHistory(place, seed: 0, columns: [], rows: [])]
    var result = DiagnosticResult(tables: [], plots: [])
    if context.histories.contains(where: { !$0.rows.isEmpty }) {
      result = try TrainingCurves()(context)
    } else if !unreadable.contains(where: { $0.file == run.metrics.relativePath }) {
      result.summary = ["no epochs yet"]
    }
    let summary = reading(run.summary) { () -> RunSummary? in
      guard FileManager.default.fileExists(atPath: run.summary.path) else { return nil }
      return try JSONDecoder().decode(RunSummary.self, from: Data(contentsOf: run.summary))
    }
    if let summary { result.tables.insert(try table(summary), at: 0) }
    if let options { result.tables.append(try table(options)) }
    return ReportPage.Section(
      "Run \(place)", subtitle: context.label, summary: result.summary, result: result)
  }

  private static func table(_ summary: RunSummary) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "summary", "Summary", source: "summary.json",
      columns: [.text("name", "what"), .text("value", "value")])
    guard
      let values = try JSONSerialization.jsonObject(with: try summary.json()) as? [String: Any]
    else { return table }
    for key in values.keys.sorted() where !(values[key] is [String: Any]) {
      try table.append([
        .text(key.replacingOccurrences(of: "_", with: " ")), .text("\(values[key] ?? "")"),
      ])
    }
    return table
  }

  private static func table(_ options: RunOptions) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "configuration", "Configuration", source: "config.yaml",
      columns: [.text("name", "option"), .text("value", "value")])
    for line in try ConfigurationFile.text(options).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      try table.append([
        .text(parts[0]),
        .text(parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""),
      ])
    }
    return table
  }
}
