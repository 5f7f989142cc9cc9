import Foundation

/// A plot on a page: a picture that becomes interactive where scripts run.
struct PageFigure {
  private let plot: Plot
  private let number: Int

  /// Refers to a plot and its place among those of the page.
  init(_ plot: Plot, number: Int) {
    self.plot = plot
    self.number = number
  }

  /// The picture, or the specification without its rows where there is none.
  func html(_ tables: [DiagnosticTable], _ drawing: PlotRenderer.Drawing?) throws -> String {
    guard let drawing, drawing.pictures.indices.contains(number) else {
      let specification = try plot.specification(tables).merging(["datasets": [:]])
      let text = String(decoding: try specification.data(), as: UTF8.self)
      return "<details><summary>\(HTML.escaped(plot.title)): Vega-Lite specification</summary>"
        + "<p class=\"note\">Without its rows; \(HTML.escaped(plot.name)).vl.json has them.</p>"
        + "<pre>\(HTML.escaped(text))</pre></details>\n"
    }
    let picture = drawing.pictures[number]
    // Of thousands of marks the points are fewer bytes than the lines.
    let points = picture.preview.flatMap { $0.count < picture.svg.count ? $0 : nil }
    let data = (points ?? picture.svg).base64EncodedString()
    return "<figure id=\"p\(number)\"><img alt=\"\(HTML.escaped(plot.title))\" "
      + "src=\"data:image/\(points == nil ? "svg+xml" : "png");base64,\(data)\"></figure>\n"
  }
}
