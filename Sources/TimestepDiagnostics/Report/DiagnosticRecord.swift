import Foundation
import TimestepTorch

/// A diagnostic's results in a directory: `diagnostic.json`, which names the tables, plots and pages beside it.
public struct DiagnosticRecord: Sendable, Codable, Hashable {
  /// The file's name.
  public static let fileName = "diagnostic.json"

  /// The diagnostic's name, with its arguments.
  public var diagnostic: String
  /// Its title, equation and source.
  public var title: String
  public var equation: String
  public var source: String
  /// What was looked at.
  public var label: String
  /// What the numbers say.
  public var summary: [String]
  /// How long it took.
  public var seconds: Double
  /// The names of the tables, in the order to read them.
  public var tables: [String]
  /// The plots.
  public var plots: [Plot]
  /// The names of the pages.
  public var pages: [String]

  /// Describes the result of a diagnostic.
  public init(
    _ result: DiagnosticResult, of diagnostic: any Diagnostic, named name: String, label: String,
    seconds: Double
  ) {
    self.diagnostic = name
    title = diagnostic.title
    equation = diagnostic.equation
    source = diagnostic.source
    self.label = label
    summary = result.summary
    self.seconds = seconds
    tables = result.tables.map(\.name)
    plots = result.plots
    pages = result.pages.keys.sorted()
  }

  /// Writes the record beside its result, last, so that a directory with a record is complete.
  ///
  /// - Throws: `AtomicFile.WriteError` and ``DiagnosticError``.
  public func write(_ result: DiagnosticResult, to directory: URL) throws {
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw AtomicFile.WriteError(
        file: directory.path, problem: "cannot be created: \(error.localizedDescription)",
        cannotCreate: true)
    }
    _ = try result.write(to: directory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(
      try encoder.encode(self) + Data("\n".utf8),
      to: directory.appendingPathComponent(Self.fileName))
  }

  /// Reads the record of a directory and its result.
  ///
  /// - Throws: ``DiagnosticError`` that names the file.
  public static func read(from directory: URL) throws -> (
    record: DiagnosticRecord, result: DiagnosticResult
  ) {
    let file = directory.appendingPathComponent(fileName)
    let record: DiagnosticRecord
    do {
      record = try JSONDecoder().decode(DiagnosticRecord.self, from: Data(contentsOf: file))
    } catch {
      throw DiagnosticError(
        .badData, file.path, "cannot be read (\(error)); run 'timestep diagnose' again")
    }
    let tables = try record.tables.map {
      try DiagnosticTable(contentsOf: directory.appendingPathComponent("\($0).json"))
    }
    var pages: [String: String] = [:]
    for name in record.pages {
      pages[name] = try? String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
    }
    return (
      record,
      DiagnosticResult(tables: tables, plots: record.plots, summary: record.summary, pages: pages)
    )
  }
}
