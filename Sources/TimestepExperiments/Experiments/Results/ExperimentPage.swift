import Foundation
import TimestepDiagnostics

extension ExperimentRecord {
  /// The section of a page: claims and the source's numbers first, then plots and tables, assumptions last.
  func section(_ figures: DiagnosticResult) throws -> ReportPage.Section {
    var result = figures
    result.tables = try [claimTable(), publishedTable()].compactMap { $0 } + figures.tables
    result.tables += try [assumptionTable()].compactMap { $0 }
    let isOfSource = ExperimentGroup(id: id) != nil
    return ReportPage.Section(
      "\(id): \(title)", subtitle: isOfSource ? "\(source); scale: \(scale.rawValue)" : source,
      summary: lines, result: result)
  }

  private func claimTable() throws -> DiagnosticTable? {
    guard !claims.isEmpty else { return nil }
    var table = DiagnosticTable(
      "claims", "Claims of the source", source: source,
      columns: [
        .text("claim", "claim"), .text("verdict", "verdict"), .text("evidence", "evidence"),
      ])
    for claim in claims {
      try table.append([
        .text(claim.statement), .text(claim.verdict.rawValue), .text(claim.evidence),
      ])
    }
    return table
  }

  private func publishedTable() throws -> DiagnosticTable? {
    guard !published.isEmpty else { return nil }
    var table = DiagnosticTable(
      "published", "Published numbers and ours", source: source,
      notes: scale == .full
        ? [] : ["Ours are of smaller networks and less data: they are not meant to be equal."],
      columns: [
        .text("quantity", "quantity"), .text("unit", "unit"), .number("published", "published"),
        .number("ours", "ours, median over seeds"), .number("deviation", "standard deviation"),
        .integer("seeds", "seeds"),
      ])
    for number in published {
      try table.append([
        .text(number.quantity), .text(number.unit), .number(number.published),
        number.ours.isEmpty ? .missing : .number(number.ours.median),
        number.ours.isEmpty ? .missing : .number(number.ours.spread),
        .integer(number.ours.count),
      ])
    }
    return table
  }

  private func assumptionTable() throws -> DiagnosticTable? {
    guard !assumptions.isEmpty else { return nil }
    var table = DiagnosticTable(
      "assumptions", "Assumptions", source: source, columns: [.text("assumption", "assumption")])
    for assumption in assumptions { try table.append([.text(assumption)]) }
    return table
  }
}
