import Foundation
import TimestepTorch

extension DiagnosticTable {
  /// The table as CSV: a line with the columns' names, then a line for each row; RFC 4180.
  public var csv: String {
    var text = columns.map(\.name).joined(separator: ",") + "\n"
    for row in rows {
      text += row.map { Self.field($0.description) }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A text as a field of CSV, quoted where it has to be.
  static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// The table with titles, units, source and notes as JSON.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Writes `NAME.csv` and `NAME.json` into a directory, each whole or not at all.
  ///
  /// - Returns: the files.
  /// - Throws: `AtomicFile.WriteError`.
  @discardableResult
  public func write(to directory: URL) throws -> [URL] {
    let csv = directory.appendingPathComponent("\(name).csv")
    let json = directory.appendingPathComponent("\(name).json")
    try AtomicFile.write(Data(self.csv.utf8), to: csv)
    try AtomicFile.write(try self.json(), to: json)
    return [csv, json]
  }

  /// Reads a table back from its JSON file.
  ///
  /// - Throws: ``DiagnosticError`` that names the file.
  public init(contentsOf file: URL) throws {
    let data: Data
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw DiagnosticError(.notFound, file.path, "there is no such file")
    }
    do { data = try Data(contentsOf: file) } catch {
      throw DiagnosticError(.badData, file.path, error.localizedDescription)
    }
    do {
      let read = try JSONDecoder().decode(DiagnosticTable.self, from: data)
      self.init(
        read.name, read.title, source: read.source, notes: read.notes, columns: read.columns)
      for row in read.rows {
        try append(zip(row, columns).map { $0.read(as: $1.kind) } + row.dropFirst(columns.count))
      }
    } catch let error as DiagnosticError {
      throw DiagnosticError(.badData, file.path, error.problem)
    } catch {
      let reason = (error as? DecodingError)?.reason ?? "\(error)"
      throw DiagnosticError(.badData, file.path, "is not a table of a diagnostic: it \(reason)")
    }
  }
}

extension TableValue {
  /// What JSON does not tell: numbers that are no finite ones, and numbers that happen to be whole.
  func read(as kind: DiagnosticTable.Kind) -> TableValue {
    switch (self, kind) {
    case (.text(let text), .number): Double(text).map { .number($0) } ?? self
    case (.integer(let value), .number): .number(Double(value))
    default: self
    }
  }
}
