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
    /// Where the files of the tables and plots lie; nil where there are none.
    public var folder: URL?

    /// Describes a section.
    public init(
      _ title: String, subtitle: String? = nil, summary: [String] = [], result: DiagnosticResult,
      folder: URL? = nil
    ) {
      self.title = title
      self.subtitle = subtitle
      self.summary = summary
      self.result = result
      self.folder = folder
    }
  }

  /// The heading of the page.
  public var title: String
  /// Its parts.
  public var sections: [Section]
  /// What should be on the page and could not be read.
  public var unreadable: [UnreadableFile]

  /// Describes a page.
  public init(_ title: String, sections: [Section], unreadable: [UnreadableFile] = []) {
    self.title = title
    self.sections = sections
    self.unreadable = unreadable
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
  ///   - directory: where the page is to lie, so that it can name files beside it; nil for one that names none.
  public func html(
    _ drawing: PlotRenderer.Drawing?, notice: String? = nil, in directory: URL? = nil
  ) throws -> String {
    var body = "<h1>\(HTML.escaped(title))</h1>\n"
    if let notice {
      body += "<p class=\"notice\">Plots are not drawn: \(HTML.escaped(notice)).</p>\n"
    }
    if !unreadable.isEmpty {
      let lines = unreadable.map { "<li>\(HTML.escaped($0.description))</li>" }
      body += "<section class=\"notice\" id=\"unreadable\"><h2>Not on this page</h2>"
      body += "<ul>\(lines.joined())</ul></section>\n"
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
        body += try PageFigure(item, number: plot).html(section.result.tables, drawing)
        plot += 1
      }
      for (name, page) in section.result.pages.sorted(by: { $0.key < $1.key }) {
        body +=
          "<iframe title=\"\(HTML.escaped(name))\" srcdoc=\"\(HTML.escaped(page))\"></iframe>\n"
      }
      for table in section.result.tables {
        body += PageTable(table, in: section.folder).html(beside: directory)
      }
      body += "</section>\n"
    }
    let scripts = try drawing.map { try PageScripts(specifications()).html($0.script) } ?? ""
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(HTML.escaped(title))</title>
      <style>\(Self.style)</style></head><body>
      \(body)\(scripts)</body></html>

      """
  }

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
