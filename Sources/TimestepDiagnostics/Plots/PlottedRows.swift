import Foundation

/// The rows of a table as a plot's specification holds them: CSV with the columns that are drawn, and with no more digits
/// than can be seen.
struct PlottedRows {
  /// The rows, after a line with the columns' names.
  let csv: String
  /// What the texts of each column are read as, for Vega's `format.parse`.
  let kinds: [String: JSONValue]
  /// Significant digits of numbers that tell categories apart.
  static let categoryDigits = 7

  /// Takes columns of a table.
  ///
  /// - Parameter categories: the columns whose numbers are names rather than places.
  init(_ table: DiagnosticTable, columns: Set<String>, categories: Set<String>) {
    let drawn = table.columns.indices.filter { columns.contains(table.columns[$0].name) }
    var digits: [Int: Int] = [:]
    for index in drawn where table.columns[index].kind == .number {
      let name = table.columns[index].name
      let needed = Self.digits(of: table.rows.lazy.compactMap { $0[index].number })
      digits[index] = categories.contains(name) ? max(needed, Self.categoryDigits) : needed
    }
    var kinds: [String: JSONValue] = [:]
    for index in drawn {
      kinds[table.columns[index].name] =
        switch table.columns[index].kind {
        case .number, .integer: "number"
        case .text: "string"
        case .flag: "boolean"
        }
    }
    self.kinds = kinds
    var csv = drawn.map { table.columns[$0].name }.joined(separator: ",") + "\n"
    for row in table.rows {
      csv +=
        drawn.map { index in
          guard case .number(let number) = row[index] else {
            return DiagnosticTable.field(row[index].description)
          }
          return Self.text(number, digits: digits[index] ?? Self.categoryDigits)
        }.joined(separator: ",") + "\n"
    }
    self.csv = csv
  }

  /// How many significant digits a picture can show of numbers: on a line from the smallest to the largest, the last one
  /// is less than a tenth of a pixel; on a logarithmic one as well.
  static func digits(of numbers: some Sequence<Double>) -> Int {
    var (low, high) = (Double.infinity, -Double.infinity)
    for number in numbers where number.isFinite {
      low = min(low, number)
      high = max(high, number)
    }
    let (size, range) = (max(abs(low), abs(high)), high - low)
    guard range > 0, range.isFinite, size.isFinite else { return categoryDigits }
    return min(5 + max(0, Int(log10(size / (2 * range)).rounded(.up))), 17)
  }

  /// A number with so many digits, as short as can be; nothing for one that is not finite.
  static func text(_ number: Double, digits: Int) -> String {
    guard number.isFinite, let rounded = Double(String(format: "%.\(digits)g", number)) else {
      return ""
    }
    if let whole = Int(exactly: rounded), abs(whole) < 1_000_000 { return "\(whole)" }
    return "\(rounded)"
  }
}
