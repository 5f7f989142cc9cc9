import TimestepData

/// The epochs of a training, as they stand in `metrics.csv`.
public struct TrainingHistory: Sendable, Hashable {
  /// What was trained; runs with the same label differ in their seed only.
  public var label: String
  /// The seed of the run.
  public var seed: UInt64
  /// The names of the columns, `epoch` among them.
  public var columns: [String]
  /// One row for each epoch, NaN where a field is empty.
  public var rows: [[Double]]

  /// Joins the parts.
  public init(_ label: String, seed: UInt64, columns: [String], rows: [[Double]]) {
    self.label = label
    self.seed = seed
    self.columns = columns
    self.rows = rows
  }

  /// Reads a `metrics.csv`.
  ///
  /// - Throws: `DataError` with the file and the line.
  public init(_ label: String, seed: UInt64, contentsOf path: String) throws {
    let reader = try CSVReader(path: path, remedy: "name the directory of a run")
    var record = CSVRecord()
    func fields() -> [String] {
      (0..<record.count).map { String(decoding: record[$0], as: UTF8.self) }
    }
    guard try reader.next(&record) else {
      throw DataError(.badData, file: path, problem: "is empty", remedy: "name another run")
    }
    let columns = fields()
    guard columns.contains("epoch") else {
      throw reader.error(record, "has no column 'epoch'")
    }
    var rows: [[Double]] = []
    while try reader.next(&record) {
      guard record.count == columns.count else {
        throw reader.error(
          record, "line \(record.line) has \(record.count) fields, the header \(columns.count)")
      }
      rows.append(
        try zip(fields(), columns).map { field, column in
          if field.isEmpty { return .nan }
          guard let value = Double(field) else {
            throw reader.error(
              record, "line \(record.line): the \(column) '\(field)' is no number")
          }
          return value
        })
    }
    self.init(label, seed: seed, columns: columns, rows: rows)
  }

  /// The values of a column; nil where there is no such column.
  public subscript(_ column: String) -> [Double]? {
    columns.firstIndex(of: column).map { index in rows.map { $0[index] } }
  }
}
