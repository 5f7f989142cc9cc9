import Foundation

/// The files of a result in a directory, by the names of its tables, plots and pages.
package struct ResultFiles: Hashable, Sendable {
  /// The names of the tables, in the order to read them.
  package var tables: [String]
  /// The plots.
  package var plots: [Plot]
  /// The names of the pages.
  package var pages: [String]

  /// Describes the files of a result.
  package init(tables: [String], plots: [Plot], pages: [String]) {
    (self.tables, self.plots, self.pages) = (tables, plots, pages)
  }

  /// The names of the files: `TABLE.csv`, `TABLE.json`, `PLOT.vl.json`, and the pages.
  var names: Set<String> {
    Set(
      tables.flatMap { ["\($0).csv", "\($0).json"] } + plots.map { "\($0.name).vl.json" } + pages
    )
    .filter { !$0.contains("/") }
  }

  /// Removes the files that an earlier result of the same directory had and this one has not.
  package func remove(from directory: URL, leaving newer: ResultFiles) throws {
    for name in names.subtracting(newer.names) {
      let file = directory.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: file.path) {
        try FileManager.default.removeItem(at: file)
      }
    }
  }

  /// Reads what can be read; what cannot is noted, and plots of tables that are missing are left out.
  ///
  /// - Parameter record: the file that names them.
  package func read(
    from record: URL, summary: [String], unreadable: inout [UnreadableFile]
  ) -> DiagnosticResult {
    let directory = record.deletingLastPathComponent()
    var result = DiagnosticResult(tables: [], plots: [], summary: summary)
    for name in tables {
      let file = directory.appendingPathComponent("\(name).json")
      do {
        result.tables.append(try DiagnosticTable(contentsOf: file))
      } catch { unreadable.append(UnreadableFile(file, error)) }
    }
    let read = Set(result.tables.map(\.name))
    let empty = result.tables.map { table in table.keeping(as: table.name, "") { _ in false } }
    for plot in plots
    where Set(plot.layers.map(\.table)).isDisjoint(with: Set(tables).subtracting(read)) {
      do {
        _ = try plot.specification(empty)
        result.plots.append(plot)
      } catch { unreadable.append(UnreadableFile(record, error)) }
    }
    for name in pages {
      let file = directory.appendingPathComponent(name)
      do {
        result.pages[name] = try String(contentsOf: file, encoding: .utf8)
      } catch {
        let isThere = FileManager.default.fileExists(atPath: file.path)
        unreadable.append(
          UnreadableFile(
            file,
            DiagnosticError(
              isThere ? .badData : .notFound, file.path,
              isThere ? error.localizedDescription : "there is no such file")))
      }
    }
    return result
  }
}
