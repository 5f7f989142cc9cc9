import Foundation
import TimestepTorch

/// What a diagnostic gives: tables, and plots made from them.
public struct DiagnosticResult: Sendable, Codable, Hashable {
  /// The tables; the first is the one to read first.
  public var tables: [DiagnosticTable]
  /// The plots.
  public var plots: [Plot]
  /// What the numbers say, in a few lines for the terminal.
  public var summary: [String]
  /// Files beside tables and plots: pages by their name, such as an animation in HTML.
  public var pages: [String: String]

  /// Joins tables and plots.
  public init(
    tables: [DiagnosticTable], plots: [Plot], summary: [String] = [], pages: [String: String] = [:]
  ) {
    self.tables = tables
    self.plots = plots
    self.summary = summary
    self.pages = pages
  }

  /// This result with another behind it.
  func joined(with other: DiagnosticResult) -> DiagnosticResult {
    DiagnosticResult(
      tables: tables + other.tables, plots: plots + other.plots,
      summary: summary + other.summary, pages: pages.merging(other.pages) { $1 })
  }

  /// Writes every table as CSV and JSON, every plot as `NAME.vl.json`, and the pages, each whole or not at all.
  ///
  /// - Returns: the files in this order.
  /// - Throws: `AtomicFile.WriteError`, and ``DiagnosticError`` where a plot does not fit the tables.
  public func write(to directory: URL) throws -> [URL] {
    var files: [URL] = []
    for table in tables { files += try table.write(to: directory) }
    for plot in plots {
      let file = directory.appendingPathComponent("\(plot.name).vl.json")
      try AtomicFile.write(try plot.specification(tables).data(), to: file)
      files.append(file)
    }
    for (name, text) in pages.sorted(by: { $0.key < $1.key }) {
      let file = directory.appendingPathComponent(name)
      try AtomicFile.write(Data(text.utf8), to: file)
      files.append(file)
    }
    return files
  }
}
