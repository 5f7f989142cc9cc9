import Foundation
import TimestepDiagnostics
import TimestepTorch

/// The result of an experiment as it lies on disk.
///
/// ```
/// EXPERIMENT/results.json     what was found, without any time: equal trials give equal bytes
/// EXPERIMENT/TABLE.csv        the numbers of each table, TABLE.json with titles and units
/// EXPERIMENT/PLOT.vl.json     each plot; plots/PLOT.svg and plots/PLOT.png where it could be drawn
/// EXPERIMENT/page.html        all of it
/// ```
public struct ExperimentRecord: Codable, Sendable {
  /// The file.
  public static let fileName = "results.json"

  public var id: String
  public var title: String
  public var source: String
  public var scale: ExperimentScale
  public var version: String
  /// What was left out to fit a budget.
  public var reductions: [String]
  public var assumptions: [String]
  public var claims: [Claim]
  public var published: [PublishedNumber]
  public var summary: [String]
  /// The names of the tables, in the order to read them.
  public var tables: [String]
  public var plots: [Plot]
  /// The names of pages.
  public var pages: [String]

  /// Describes a result.
  package init(
    _ experiment: any Experiment, _ result: ExperimentResult, scale: ExperimentScale,
    reductions: [String], assumptions: [String], version: String
  ) {
    id = experiment.id
    title = experiment.title
    source = experiment.source
    self.scale = scale
    self.version = version
    self.reductions = reductions
    self.assumptions = assumptions
    claims = result.claims
    published = result.published
    summary = result.figures.summary
    tables = result.figures.tables.map(\.name)
    plots = result.figures.plots
    pages = result.figures.pages.keys.sorted()
  }

  /// The lines for a terminal: what the numbers say, then every claim with its verdict.
  public var lines: [String] {
    reductions.map { "smaller than planned: \($0)" } + summary
      + claims.map { "\($0.verdict.rawValue): \($0.statement) (\($0.evidence))" }
  }

  /// Writes the files of a result; the record last, so that a directory with one is complete. What an earlier result had
  /// and this one has not is removed, and pictures of its plots.
  ///
  /// - Throws: `AtomicFile.WriteError` and `DiagnosticError`.
  package func write(_ figures: DiagnosticResult, to directory: URL) throws {
    try directory.makeDirectory()
    let file = directory.appendingPathComponent(Self.fileName)
    if FileManager.default.fileExists(atPath: file.path) {
      // Of a record that cannot be read nothing is known to be removed; it is replaced.
      let earlier: ExperimentRecord?
      do { earlier = try ExperimentRecord(in: directory) } catch { earlier = nil }
      try FileManager.default.removeItem(at: file)
      try earlier?.files.remove(from: directory, leaving: files)
    }
    try PictureFolder(of: directory).removeAll()
    _ = try figures.write(to: directory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try AtomicFile.write(try encoder.encode(self) + Data("\n".utf8), to: file)
  }

  /// Reads the record of a directory and its tables, plots and pages.
  ///
  /// - Throws: ``RunError`` that names the file.
  public static func read(from directory: URL) throws -> (
    record: ExperimentRecord, figures: DiagnosticResult
  ) {
    var unreadable: [UnreadableFile] = []
    let read = read(from: directory, unreadable: &unreadable)
    guard let read, unreadable.isEmpty else {
      throw RunError(.badData, unreadable.map(\.description).joined(separator: "\n"))
    }
    return read
  }

  /// Reads the record of a directory and its figures; what cannot be read is noted and left out.
  ///
  /// - Returns: nil where the record itself cannot be read.
  public static func read(from directory: URL, unreadable: inout [UnreadableFile]) -> (
    record: ExperimentRecord, figures: DiagnosticResult
  )? {
    let file = directory.appendingPathComponent(fileName)
    do {
      let record = try ExperimentRecord(in: directory)
      return (
        record, record.files.read(from: file, summary: record.summary, unreadable: &unreadable)
      )
    } catch {
      unreadable.append(UnreadableFile(file, error))
      return nil
    }
  }

  /// Reads the record of a directory, without its tables, plots and pages.
  ///
  /// - Throws: ``RunError`` that names the file where it is damaged.
  public init(in directory: URL) throws {
    let file = directory.appendingPathComponent(Self.fileName)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      self = try decoder.decode(ExperimentRecord.self, from: Data(contentsOf: file))
    } catch let error as DecodingError {
      throw RunError(
        .badData, "\(file.path): \(error.reason); run 'timestep experiment' again")
    }
  }

  private var files: ResultFiles { ResultFiles(tables: tables, plots: plots, pages: pages) }
}
