import Foundation

/// A table on a page: its first rows, and all of them as CSV.
struct PageTable {
  /// Rows that are shown.
  static let shownRows = 60
  /// Bytes of CSV that a page holds itself; more are a file beside it.
  static let largest = 50_000
  private let table: DiagnosticTable
  private let folder: URL?

  /// Refers to a table and the folder in which its files lie, nil where there are none.
  init(_ table: DiagnosticTable, in folder: URL?) {
    self.table = table
    self.folder = folder
  }

  /// The table.
  ///
  /// - Parameter directory: where the page lies; nil where it is to name no files.
  func html(beside directory: URL?) -> String {
    var text = "<h3>\(HTML.escaped(table.title))</h3>\n"
    text += table.notes.map { "<p class=\"note\">\(HTML.escaped($0))</p>\n" }.joined()
    text += "<div class=\"wide\"><table><thead><tr>"
    text += table.columns.map { "<th>\(HTML.escaped($0.heading))</th>" }.joined()
    text += "</tr></thead><tbody>\n"
    for row in table.rows.prefix(Self.shownRows) {
      text += "<tr>"
      for value in row {
        switch value {
        case .number(let number): text += "<td class=\"n\">\(HTML.escaped(number.readable))</td>"
        case .integer: text += "<td class=\"n\">\(value)</td>"
        default: text += "<td>\(HTML.escaped(value.description))</td>"
        }
      }
      text += "</tr>\n"
    }
    text += "</tbody></table></div>\n<p class=\"note\">"
    if table.rows.count > Self.shownRows {
      text += "The first \(Self.shownRows) of \(table.rows.count) rows. "
    }
    return text + link(from: directory) + "</p>\n"
  }

  /// A link to all rows.
  private func link(from directory: URL?) -> String {
    let csv = Data(table.csv.utf8)
    if csv.count > Self.largest, let directory,
      let file = folder?.appendingPathComponent("\(table.name).csv"),
      FileManager.default.fileExists(atPath: file.path)
    {
      let path = Self.path(of: file, from: directory)
      let address = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
      return "All rows are in <a href=\"\(HTML.escaped(address))\">\(HTML.escaped(path))</a>, "
        + String(format: "%.1f MB.", Double(csv.count) / 1e6)
    }
    return "<a download=\"\(HTML.escaped(table.name)).csv\" "
      + "href=\"data:text/csv;base64,\(csv.base64EncodedString())\">"
      + "\(HTML.escaped(table.name)).csv</a>"
  }

  /// The path of a file as a page in a directory names it.
  static func path(of file: URL, from directory: URL) -> String {
    let target = file.standardizedFileURL.pathComponents
    let base = directory.standardizedFileURL.pathComponents
    let shared = zip(target, base).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: base.count - shared)
    return (up + target[shared...]).joined(separator: "/")
  }
}

extension Double {
  /// The number with five digits, for tables on a page; those of fewer digits as they are.
  var readable: String {
    isFinite ? String(format: "%.5g", self) : isNaN ? "nan" : "\(self)"
  }
}
