/// The numbers that a diagnostic found, with what they mean: named columns with units, a title, a source, notes.
///
/// ```swift
/// var table = DiagnosticTable(
///   "gradient-ratios", "Gradient-norm ratios", source: "Zaeemzadeh et al., section 3",
///   columns: [.integer("block", "block"), .number("ratio", "|dL/du_{l+1}| / |dL/du_l|")])
/// try table.append([1, 0.97])
/// ```
public struct DiagnosticTable: Sendable, Codable, Hashable {
  /// What a column holds.
  public enum Kind: String, Sendable, Codable, Hashable {
    case number, integer, text, flag
  }

  /// A column.
  public struct Column: Sendable, Codable, Hashable {
    /// The key in files and plots: small letters, digits and `_`.
    public var name: String
    /// What people read at an axis.
    public var title: String
    /// The unit, such as `%` or `s`; nil for a number without one and for texts.
    public var unit: String?
    /// What it holds.
    public var kind: Kind

    /// Describes a column.
    public init(_ name: String, _ title: String, unit: String? = nil, _ kind: Kind) {
      self.name = name
      self.title = title
      self.unit = unit
      self.kind = kind
    }

    /// A column of real numbers.
    public static func number(_ name: String, _ title: String, unit: String? = nil) -> Column {
      Column(name, title, unit: unit, .number)
    }
    /// A column of whole numbers.
    public static func integer(_ name: String, _ title: String, unit: String? = nil) -> Column {
      Column(name, title, unit: unit, .integer)
    }
    /// A column of texts.
    public static func text(_ name: String, _ title: String) -> Column {
      Column(name, title, .text)
    }
    /// A column of yes and no.
    public static func flag(_ name: String, _ title: String) -> Column {
      Column(name, title, .flag)
    }

    /// The title with the unit, for an axis or a header.
    public var heading: String { unit.map { "\(title) (\($0))" } ?? title }
  }

  /// The key among the tables of a diagnostic, and the name of its files.
  public var name: String
  /// What it shows, in one line.
  public var title: String
  /// Paper and section, or textbook, that the quantity is from.
  public var source: String
  /// What a reader has to know: how it was measured, with what data, what was left out.
  public var notes: [String]
  /// The columns.
  public let columns: [Column]
  /// The rows, each as long as `columns`.
  public private(set) var rows: [[TableValue]] = []

  /// Creates a table without rows.
  public init(
    _ name: String, _ title: String, source: String, notes: [String] = [], columns: [Column]
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.notes = notes
    self.columns = columns
  }

  /// Adds a row.
  ///
  /// - Throws: ``DiagnosticError`` where it does not fit the columns.
  public mutating func append(_ row: [TableValue]) throws {
    guard row.count == columns.count else {
      throw DiagnosticError(
        .fault, name, "a row of \(row.count) values for \(columns.count) columns")
    }
    for (value, column) in zip(row, columns) where !value.fits(column.kind) {
      throw DiagnosticError(
        .fault, name, "the column \(column.name) holds no \(column.kind.rawValue): \(value)")
    }
    rows.append(row)
  }

  /// The rows of a table that a closure keeps, under another name.
  public func keeping(
    as name: String, _ title: String, where isKept: ([TableValue]) -> Bool
  ) -> DiagnosticTable {
    var table = self
    (table.name, table.title) = (name, title)
    table.rows = rows.filter(isKept)
    return table
  }

  /// The position of a column.
  public func index(of column: String) -> Int? { columns.firstIndex { $0.name == column } }

  /// The values of a column, from the first row on; none where there is no such column.
  public subscript(_ column: String) -> [TableValue] {
    index(of: column).map { index in rows.map { $0[index] } } ?? []
  }

  /// The numbers of a column, NaN where there is none.
  public func numbers(_ column: String) -> [Double] { self[column].map { $0.number ?? .nan } }
}
