import TimestepData
import TimestepTraining

/// The epochs of a training, as they stand in `metrics.csv`.
public struct TrainingHistory: Sendable, Hashable {
  /// What was trained; runs with the same label differ in their seed only.
  public var label: String
  /// The seed of the run.
  public var seed: UInt64
  /// The names of the columns, `epoch` among them.
  public var columns: [String]
  /// One row for each epoch or step, NaN where a field is empty; epochs and steps are whole numbers.
  public var rows: [[Double]]
  /// The file that it was read from; nil where it was made otherwise.
  private var file: String?
  private static let remedy = "'timestep resume' of the run writes it again from its checkpoint"

  /// Joins the parts.
  public init(_ label: String, seed: UInt64, columns: [String], rows: [[Double]]) {
    self.label = label
    self.seed = seed
    self.columns = columns
    self.rows = rows
  }

  /// Reads the `metrics.csv` of a run, with every column that a training writes.
  ///
  /// - Throws: `DataError` with the file and the line, or the column that is missing.
  public init(_ label: String, seed: UInt64, metrics path: String) throws {
    try self.init(label, seed: seed, contentsOf: path)
    let metric = metric ?? "METRIC"
    let expected = MetricsFile.commonColumns + ["train_\(metric)", "test_\(metric)"]
    guard let missing = expected.first(where: { !columns.contains($0) }) else { return }
    var error = lacks(missing)
    error.remedy = Self.remedy
    throw error
  }

  /// Reads a file of numbers that a training writes, by epochs or steps.
  ///
  /// - Throws: `DataError` with the file and the line.
  public init(_ label: String, seed: UInt64, contentsOf path: String) throws {
    let reader = try CSVReader(path: path, remedy: Self.remedy)
    var record = CSVRecord()
    func fields() -> [String] {
      (0..<record.count).map { String(decoding: record[$0], as: UTF8.self) }
    }
    guard try reader.next(&record) else {
      throw DataError(.badData, file: path, problem: "is empty", remedy: Self.remedy)
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
          let isCount = column == "epoch" || column == "step"
          if field.isEmpty, !isCount { return .nan }
          guard let value = Double(field), !isCount || Int(exactly: value) != nil else {
            throw reader.error(
              record,
              "line \(record.line): the \(column) '\(field)' is no \(isCount ? "whole " : "")number"
            )
          }
          return value
        })
    }
    self.init(label, seed: seed, columns: columns, rows: rows)
    file = path
  }

  /// The values of a column; nil where there is no such column.
  public subscript(_ column: String) -> [Double]? {
    columns.firstIndex(of: column).map { index in rows.map { $0[index] } }
  }

  /// The values of a column that has to be there.
  ///
  /// - Throws: `DataError` with the file and the column.
  public func column(_ name: String) throws -> [Double] {
    guard let values = self[name] else { throw lacks(name) }
    return values
  }

  private func lacks(_ column: String) -> DataError {
    DataError(.badData, file: file, problem: "has no column '\(column)'")
  }
}

extension [TrainingHistory] {
  /// Why there is nothing to show: none of the runs has a whole epoch; nil where one has.
  var lackOfEpochs: String? {
    guard allSatisfy(\.rows.isEmpty) else { return nil }
    return "no epochs yet: \(Set(map(\.label)).sorted().joined(separator: "; "))"
  }

  /// A line for each run without an epoch among others that have some.
  var linesWithoutEpochs: [String] {
    filter(\.rows.isEmpty).map { "\($0.label), seed \($0.seed): no epochs yet" }
  }
}
