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

  /// Writes the record beside its result, last, so that a directory with a record is complete; what an earlier result of
  /// the directory had and this one has not is removed.
  ///
  /// - Throws: `AtomicFile.WriteError` and ``DiagnosticError``.
  public func write(_ result: DiagnosticResult, to directory: URL) throws {
    try directory.makeDirectory()
    let file = directory.appendingPathComponent(Self.fileName)
    if FileManager.default.fileExists(atPath: file.path) {
      // Of a record that cannot be read nothing is known to be removed; it is replaced.
      let earlier: DiagnosticRecord?
      do { earlier = try Self.decode(file) } catch { earlier = nil }
      try FileManager.default.removeItem(at: file)
      try earlier?.files.remove(from: directory, leaving: files)
    }
    _ = try result.write(to: directory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(try encoder.encode(self) + Data("\n".utf8), to: file)
  }

  /// Reads the record of a directory and its result; what cannot be read is noted and left out.
  ///
  /// - Returns: nil where the record itself cannot be read.
  public static func read(from directory: URL, unreadable: inout [UnreadableFile]) -> (
    record: DiagnosticRecord, result: DiagnosticResult
  )? {
    let file = directory.appendingPathComponent(fileName)
    do {
      let record = try decode(file)
      return (
        record,
        record.files.read(from: file, summary: record.summary, unreadable: &unreadable)
      )
    } catch {
      unreadable.append(UnreadableFile(file, error))
      return nil
    }
  }

  private static func decode(_ file: URL) throws -> DiagnosticRecord {
    do {
      return try JSONDecoder().decode(DiagnosticRecord.self, from: Data(contentsOf: file))
    } catch let error as DecodingError {
      throw DiagnosticError(
        .badData, file.path, "\(error.reason); run 'timestep diagnose' again")
    }
  }

  private var files: ResultFiles { ResultFiles(tables: tables, plots: plots, pages: pages) }
}
