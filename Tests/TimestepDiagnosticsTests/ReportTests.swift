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

  @Test("The page has the smaller of two pictures")
  func smaller() throws {
    func html(_ preview: Data?) throws -> String {
      let picture = PlotRenderer.Picture(svg: Data("<svg/>".utf8), png: Data(), preview: preview)
      return try page().html(PlotRenderer.Drawing(pictures: [picture], script: ""))
    }
    #expect(try html(Data([1])).contains("data:image/png;base64,AQ=="))
    #expect(try html(Data(count: 100)).contains("data:image/svg+xml"))
  }

  @Test("Rows that two plots draw are on the page once")
  func shared() throws {
    var page = try page()
    var second = page.sections[0].result.plots[0]
    second.title = "The same rows"
    page.sections[0].result.plots.append(second)
    let pictures = Array(
      repeating: PlotRenderer.Picture(svg: Data(), png: Data()), count: 2)
    let html = try page.html(PlotRenderer.Drawing(pictures: pictures, script: ""))
    let scripts = try #require(html.components(separatedBy: "const rows = ").last)
    #expect(scripts.components(separatedBy: "79,6241,").count == 2)
    #expect(scripts.components(separatedBy: #""datasets":{"values":0}"#).count == 3)
  }

  @Test("A large table is a file beside the page, named by its way from there")
  func large() throws {
    let scratch = try Scratch()
    var table = DiagnosticTable(
      "many", "Many", source: "this test", columns: [.integer("x", "x"), .text("t", "t")])
    for x in 0..<1000 {
      try table.append([.integer(x), .text(String(repeating: "unlike others ", count: 8))])
    }
    let folder = scratch.url.appendingPathComponent("run/diagnostics/a b")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let result = DiagnosticResult(tables: [table], plots: [])
    let page = ReportPage("page", sections: [.init("s", result: result, folder: folder)])
    let inside = scratch.url.appendingPathComponent("run")
    // Without the file all rows are in the page.
    #expect(try page.html(nil, in: inside).contains("data:text/csv;base64,"))
    _ = try result.write(to: folder)
    let html = try page.html(nil, in: inside)
    #expect(html.contains("href=\"diagnostics/a%20b/many.csv\"") && html.utf8.count < 50_000)
    let beside = try page.html(nil, in: scratch.url.appendingPathComponent("pages/here"))
    #expect(beside.contains("href=\"../../run/diagnostics/a%20b/many.csv\""))
    #expect(try page.html(nil).contains("data:text/csv;base64,"))
  }

  @Test("What cannot be read stands on the page")
  func unreadable() throws {
    var page = try page()
    #expect(!(try page.html(nil).contains("cannot be read")))
    let file = URL(fileURLWithPath: "/somewhere/a<b.json")
    page.unreadable = [UnreadableFile(file, DiagnosticError(.badData, file.path, "is cut"))]
    #expect(try page.html(nil).contains("cannot be read: /somewhere/a&lt;b.json: is cut<"))
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
