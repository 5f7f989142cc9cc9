import Foundation
import TimestepDiagnostics
import TimestepTorch

/// The result of an experiment as it lies on disk.
///
/// ```
/// EXPERIMENT/results.json     what was found, without any time: equal trials give equal bytes
/// EXPERIMENT/TABLE.csv        the numbers of each table, TABLE.json with titles and units
/// EXPERIMENT/PLOT.vl.json     each plot, PLOT.svg and PLOT.png where it could be drawn
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

  /// Writes the files of a result; an earlier record goes first and this one comes last, so that a directory with one is
  /// complete and of one piece.
  ///
  /// - Throws: `AtomicFile.WriteError` and `DiagnosticError`.
  package func write(_ figures: DiagnosticResult, to directory: URL) throws {
    try directory.makeDirectory()
    removeEarlier(in: directory)
    _ = try figures.write(to: directory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try AtomicFile.write(
      try encoder.encode(self) + Data("\n".utf8),
      to: directory.appendingPathComponent(Self.fileName))
  }

  /// Removes an earlier record, and tables, plots and pages that are no more.
  private func removeEarlier(in directory: URL) {
    let file = directory.appendingPathComponent(Self.fileName)
    let earlier = (try? Data(contentsOf: file)).flatMap {
      try? Self.decoder.decode(ExperimentRecord.self, from: $0)
    }
    let names = { (record: ExperimentRecord) -> Set<String> in
      Set(
        record.tables.flatMap { ["\($0).csv", "\($0).json"] }
          + record.plots.flatMap {
            ["\($0.name).vl.json", "plots/\($0.name).svg", "plots/\($0.name).png"]
          } + record.pages)
    }
    let stale = earlier.map { names($0).subtracting(names(self)) } ?? []
    for name in [Self.fileName] + stale {
      try? FileManager.default.removeItem(at: directory.appendingPathComponent(name))
    }
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// Reads the record of a directory and its tables, plots and pages.
  ///
  /// - Throws: ``RunError`` and `DiagnosticError` that name the file.
  public static func read(from directory: URL) throws -> (
    record: ExperimentRecord, figures: DiagnosticResult
  ) {
    let file = directory.appendingPathComponent(fileName)
    let record: ExperimentRecord
    do {
      record = try decoder.decode(ExperimentRecord.self, from: Data(contentsOf: file))
    } catch {
      throw RunError(
        .badData, "\(file.path): cannot be read (\(error)); run 'timestep experiment' again")
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

extension URL {
  /// Makes the directory and those above it.
  ///
  /// - Throws: `AtomicFile.WriteError`.
  func makeDirectory() throws {
    do {
      try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
    } catch {
      throw AtomicFile.WriteError(
        file: path, problem: "cannot be created: \(error.localizedDescription)", cannotCreate: true)
    }
  }
}
