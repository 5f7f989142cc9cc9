import Foundation
import TestSupport
import Testing
import TimestepDiagnostics

@Suite("Pages and pictures")
struct ReportTests {
  private func page() throws -> ReportPage {
    var table = DiagnosticTable(
      "values", "Values <of> \"x\"", source: "this test",
      columns: [.integer("x", "x"), .number("y", "y", unit: "s"), .text("note", "note")])
    for x in 0..<80 { try table.append([.integer(x), .number(Double(x * x)), "</script>"]) }
    let plot = Plot(
      "values", "Values", subtitle: ["below"],
      layers: [
        .init(.rule(dashed: true), of: "values", y: .datum(4)),
        .init(
          .line(points: true), of: "values", x: .column("x"), y: .column("y", scale: .log),
          color: .column("note")),
      ])
    return ReportPage(
      "A report",
      sections: [
        .init("first", summary: ["one line"], result: .init(tables: [table], plots: [plot]))
      ])
  }

  @Test("Without pictures the page has the tables, the specifications and the remedy")
  func plain() throws {
    let html = try page().html(nil, notice: "install it")
    #expect(html.contains("install it") && html.contains("Values &lt;of&gt; &quot;x&quot;"))
    #expect(html.contains("<td class=\"n\">3481</td>") && html.contains("The first 60 of 80 rows"))
    #expect(!html.contains("</script>") && html.contains("vega-lite/v5.json"))
    #expect(!html.contains("<script"))
  }

  @Test("With pictures the page asks for nothing from outside")
  func drawn() throws {
    let drawing = PlotRenderer.Drawing(
      pictures: [.init(svg: Data("<svg/>".utf8), png: Data())],
      script: "window.vegaEmbed = '</script>'")
    let html = try page().html(drawing)
    #expect(html.contains("data:image/svg+xml;base64,PHN2Zy8+"))
    #expect(html.components(separatedBy: "</script>").count == 3, "two scripts end")
    for attribute in ["src=\"http", "href=\"http"] { #expect(!html.contains(attribute)) }
  }

  @Test("A missing Python or package is named with the remedy")
  func missing() throws {
    let renderer = PlotRenderer(environment: ["TIMESTEP_PYTHON": "/nonexistent/python"])
    #expect {
      try renderer.draw([])
    } throws: { error in
      (error as? DiagnosticError)?.kind == .unavailable
        && "\(error)".contains("-m pip install vl-convert-python")
    }
  }

  private static let hasRenderer =
    ProcessInfo.processInfo.environment["TIMESTEP_PYTHON"]?.isEmpty == false

  @Test("Plots are drawn where the package is installed", .enabled(if: hasRenderer))
  func pictures() throws {
    let drawing = try PlotRenderer().draw(page().specifications())
    #expect(drawing.pictures.count == 1 && drawing.script.count > 100_000)
    #expect(String(decoding: drawing.pictures[0].svg, as: UTF8.self).contains("Values"))
    #expect(drawing.pictures[0].png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
  }

  @Test("A plot that draws what is not there is refused")
  func wrongPlot() throws {
    var page = try page()
    page.sections[0].result.plots[0].layers[1].y = .column("z")
    #expect(throws: DiagnosticError.self) { try page.specifications() }
    page.sections[0].result.plots[0].layers[1].table = "other"
    #expect(throws: DiagnosticError.self) { try page.specifications() }
  }
}
