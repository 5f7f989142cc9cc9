import Foundation

/// One page of HTML with tables and plots that needs nothing but a browser.
public struct ReportPage {
  /// A part of the page.
  public struct Section {
    /// Its heading.
    public var title: String
    /// The equation of the quantity and its source; nil for none.
    public var subtitle: String?
    /// What the numbers say.
    public var summary: [String]
    /// The results.
    public var result: DiagnosticResult

    /// Describes a section.
    public init(
      _ title: String, subtitle: String? = nil, summary: [String] = [], result: DiagnosticResult
    ) {
      self.title = title
      self.subtitle = subtitle
      self.summary = summary
      self.result = result
    }
  }

  /// The heading of the page.
  public var title: String
  /// Its parts.
  public var sections: [Section]
  /// Rows of a table that are shown; all of them are in the page as CSV.
  public var shownRows = 60

  /// Describes a page.
  public init(_ title: String, sections: [Section]) {
    self.title = title
    self.sections = sections
  }

  /// The specifications of all plots, in the order of the page.
  public func specifications() throws -> [JSONValue] {
    try sections.flatMap { section in
      try section.result.plots.map { try $0.specification(section.result.tables) }
    }
  }

  /// The page.
  ///
  /// - Parameters:
  ///   - drawing: the plots as pictures and as scripts; nil where they cannot be drawn.
  ///   - notice: why they cannot.
  public func html(_ drawing: PlotRenderer.Drawing?, notice: String? = nil) throws -> String {
    var body = "<h1>\(HTML.escaped(title))</h1>\n"
    if let notice {
      body += "<p class=\"notice\">Plots are not drawn: \(HTML.escaped(notice)).</p>\n"
    }
    body += "<nav><ul>"
    for (number, section) in sections.enumerated() {
      body += "<li><a href=\"#s\(number)\">\(HTML.escaped(section.title))</a></li>"
    }
    body += "</ul></nav>\n"
    var plot = 0
    for (number, section) in sections.enumerated() {
      body += "<section id=\"s\(number)\"><h2>\(HTML.escaped(section.title))</h2>\n"
      if let subtitle = section.subtitle {
        body += "<p class=\"source\">\(HTML.escaped(subtitle))</p>\n"
      }
      if !section.summary.isEmpty {
        let lines = section.summary.map { "<li>\(HTML.escaped($0))</li>" }
        body += "<ul>\(lines.joined())</ul>\n"
      }
      for item in section.result.plots {
        body += try figure(item, plot, section.result.tables, drawing)
        plot += 1
      }
      for (name, page) in section.result.pages.sorted(by: { $0.key < $1.key }) {
        body +=
          "<iframe title=\"\(HTML.escaped(name))\" srcdoc=\"\(HTML.escaped(page))\"></iframe>\n"
      }
      for table in section.result.tables { body += self.table(table) }
      body += "</section>\n"
    }
    var scripts = ""
    if let drawing {
      let list = try specifications().map {
        HTML.script(String(decoding: try $0.data(pretty: false), as: UTF8.self))
      }
      scripts =
        "<script>\(HTML.script(drawing.script))</script>\n<script>const plots = [\(list.joined(separator: ",\n"))];\n"
        + Self.embedding + "</script>\n"
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(HTML.escaped(title))</title>
      <style>\(Self.style)</style></head><body>
      \(body)\(scripts)</body></html>

      """
  }

  /// A picture that becomes interactive where scripts run.
  private func figure(
    _ plot: Plot, _ number: Int, _ tables: [DiagnosticTable], _ drawing: PlotRenderer.Drawing?
  ) throws -> String {
    guard let drawing, drawing.pictures.indices.contains(number) else {
      let text = String(decoding: try plot.specification(tables).data(), as: UTF8.self)
      return "<details><summary>\(HTML.escaped(plot.title)): Vega-Lite specification</summary><pre>"
        + "\(HTML.escaped(text))</pre></details>\n"
    }
    // Of thousands of marks the points are fewer bytes than the lines.
    let picture = drawing.pictures[number]
    let isSmall = picture.svg.count < 200_000
    let data = (isSmall ? picture.svg : picture.png).base64EncodedString()
    return "<figure id=\"p\(number)\"><img alt=\"\(HTML.escaped(plot.title))\" "
      + "src=\"data:image/\(isSmall ? "svg+xml" : "png");base64,\(data)\"></figure>\n"
  }

  private func table(_ table: DiagnosticTable) -> String {
    let csv = Data(table.csv.utf8).base64EncodedString()
    var text = "<h3>\(HTML.escaped(table.title))</h3>\n"
    text += table.notes.map { "<p class=\"note\">\(HTML.escaped($0))</p>\n" }.joined()
    text += "<div class=\"wide\"><table><thead><tr>"
    text += table.columns.map { "<th>\(HTML.escaped($0.heading))</th>" }.joined()
    text += "</tr></thead><tbody>\n"
    for row in table.rows.prefix(shownRows) {
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
    if table.rows.count > shownRows {
      text += "The first \(shownRows) of \(table.rows.count) rows. "
    }
    return text + "<a download=\"\(table.name).csv\" href=\"data:text/csv;base64,\(csv)\">"
      + "\(table.name).csv</a></p>\n"
  }

  private static let embedding = """
    plots.forEach((plot, number) => {
      const figure = document.getElementById("p" + number), picture = figure.innerHTML;
      vegaEmbed(figure, plot, {actions: false, renderer: "svg"}).catch(() => { figure.innerHTML = picture; });
    });

    """

  private static let style = """
    body { font: 15px/1.45 system-ui, sans-serif; color: #222; margin: 24px auto; max-width: 1080px; padding: 0 16px }
    h1 { font-size: 24px } h2 { font-size: 19px; margin-top: 40px; border-top: 1px solid #ddd; padding-top: 16px }
    h3 { font-size: 15px; margin-bottom: 4px }
    .source, .note { color: #555; font-size: 13px; margin: 2px 0 }
    .notice { background: #fff4d6; padding: 8px 12px }
    figure { margin: 16px 0; overflow-x: auto } figure img { max-width: 100% }
    .wide { overflow-x: auto } table { border-collapse: collapse; font-size: 13px; margin: 6px 0 }
    th, td { padding: 3px 10px; border-bottom: 1px solid #e4e4e4; text-align: left; vertical-align: top }
    th { font-weight: 600; max-width: 180px } td.n { text-align: right; font-variant-numeric: tabular-nums }
    iframe { width: 100%; height: 800px; border: 0 } pre { max-height: 300px; overflow: auto; font-size: 12px }
    """
}

extension Double {
  /// The number with five digits, for tables on a page; those of fewer digits as they are.
  var readable: String {
    isFinite ? String(format: "%.5g", self) : isNaN ? "nan" : "\(self)"
  }
}
