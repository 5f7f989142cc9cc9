import Foundation
import TimestepDiagnostics
import TimestepTorch

/// The experiments below a directory as one page of Markdown with their pictures: commands, claims, numbers.
public struct MarkdownBook {
  /// An experiment's record, its figures and where they lie.
  private let entries: [(record: ExperimentRecord, figures: DiagnosticResult, directory: URL)]
  /// Rows of a table that are shown.
  private static let shownRows = 14

  /// Reads the results below a directory, in the order of the catalog.
  ///
  /// - Throws: ``RunError`` where there are none, and errors that name what cannot be read.
  public init(_ directory: URL) throws {
    var unreadable: [UnreadableFile] = []
    let folders = ResultFolders.below(directory, unreadable: &unreadable)
    if let problem = unreadable.first { throw RunError(.badData, "\(problem)") }
    let found = try folders.filter {
      FileManager.default.fileExists(
        atPath: $0.appendingPathComponent(ExperimentRecord.fileName).path)
    }.map { folder in
      let (record, figures) = try ExperimentRecord.read(from: folder)
      return (record: record, figures: figures, directory: folder)
    }
    guard !found.isEmpty else {
      throw RunError(
        .notFound, "\(directory.path): holds no results of 'timestep experiment'")
    }
    let order = ExperimentCatalog.all.map(\.id)
    entries = found.sorted { one, other in
      let first = order.firstIndex(of: one.record.id) ?? order.count
      let second = order.firstIndex(of: other.record.id) ?? order.count
      return first == second
        ? one.record.scale.rawValue < other.record.scale.rawValue : first < second
    }
  }

  /// Writes the page, and copies the pictures that were drawn into a folder.
  ///
  /// - Parameters:
  ///   - preface: what stands before the first experiment.
  /// - Throws: `AtomicFile.WriteError`.
  public func write(to file: URL, pictures folder: URL, preface: String) throws {
    try folder.makeDirectory()
    let base = file.deletingLastPathComponent().standardizedFileURL.path
    var place = folder.standardizedFileURL.path
    if place.hasPrefix(base + "/") { place = String(place.dropFirst(base.count + 1)) }
    var text = preface + "\n" + overview
    for group in ExperimentGroup.allCases {
      let members = entries.filter { $0.record.id.hasPrefix(group.rawValue + "/") }
      guard !members.isEmpty else { continue }
      text += "\n## \(group.title)\n"
      for (record, figures, directory) in members {
        var images = ""
        for plot in record.plots {
          let picture = directory.appendingPathComponent("plots/\(plot.name).png")
          guard FileManager.default.fileExists(atPath: picture.path) else { continue }
          let data = try Data(contentsOf: picture)
          let name = record.id.replacingOccurrences(of: "/", with: "-") + "-\(plot.name).png"
          try AtomicFile.write(data, to: folder.appendingPathComponent(name))
          images += "![\(plot.title)](\(place)/\(name))\n\n"
        }
        text += section(record, figures, images)
      }
    }
    try AtomicFile.write(Data(text.utf8), to: file)
  }

  /// How many claims are shown.
  private var overview: String {
    let claims = entries.flatMap(\.record.claims)
    func count(_ verdict: Claim.Verdict) -> Int { claims.filter { $0.verdict == verdict }.count }
    let verdicts = [Claim.Verdict.shown, .notShown, .notTestable].map {
      "\(count($0)) \($0.rawValue)"
    }
    return
      "\(entries.count) experiments, \(claims.count) claims: \(verdicts.joined(separator: ", ")).\n"
  }

  private func section(
    _ record: ExperimentRecord, _ figures: DiagnosticResult, _ images: String
  ) -> String {
    var text = "\n### \(record.id): \(record.title)\n\n\(record.source).\n\n"
    text += "```bash\ntimestep experiment \(record.id) --scale \(record.scale.rawValue)\n```\n\n"
    for line in record.reductions { text += "Smaller than planned: \(line).\n\n" }
    if !record.claims.isEmpty {
      text += "| claim | verdict | evidence |\n| --- | --- | --- |\n"
      for claim in record.claims {
        text +=
          "| \(cell(claim.statement)) | \(claim.verdict.rawValue) | \(cell(claim.evidence)) |\n"
      }
      text += "\n"
    }
    if !record.published.isEmpty {
      text += "| quantity | published | ours (median) | deviation |\n| --- | --- | --- | --- |\n"
      for number in record.published {
        let unit = number.unit.map { " \($0)" } ?? ""
        let ours = number.ours.isEmpty ? "" : number.ours.median.brief + unit
        let spread = number.ours.count > 1 ? number.ours.spread.brief : ""
        text +=
          "| \(cell(number.quantity)) | \(number.published.brief)\(unit) | \(ours) | \(spread) |\n"
      }
      text += "\n"
    }
    for line in record.summary { text += "- \(line)\n" }
    if !record.summary.isEmpty { text += "\n" }
    text += images
    if let table = figures.tables.first, table.rows.count <= Self.shownRows, images.isEmpty {
      text += self.table(table)
    }
    return text
  }

  private func table(_ table: DiagnosticTable) -> String {
    let headings = table.columns.map { cell($0.heading) }.joined(separator: " | ")
    let rule = String(repeating: " --- |", count: table.columns.count)
    var text = "| \(headings) |\n|\(rule)\n"
    for row in table.rows {
      let cells = row.map { (value: TableValue) -> String in
        if case .number(let number) = value { return number.brief }
        return cell(value.description)
      }
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text + "\n"
  }

  /// A text that does not end its cell.
  private func cell(_ text: String) -> String {
    text.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "\n", with: " ")
  }
}
