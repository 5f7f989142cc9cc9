import Foundation
import Testing
import TimestepDiagnostics

/// The rows that stand in a plot's specification.
@Suite("Rows of plots")
struct PlottedRowsTests {
  private func rows(_ layer: (String) -> Plot.Layer, _ values: [Double]) throws -> [String] {
    var table = DiagnosticTable(
      "t", "t", source: "this test",
      columns: [
        .number("x", "x"), .number("y", "y"), .text("note", "note"), .flag("is_good", "good"),
      ])
    for (x, value) in values.enumerated() {
      try table.append([.number(Double(x) / 3), .number(value), "a, \"b\"", .flag(x == 0)])
    }
    let specification = try Plot("p", "p", layers: [layer("t")]).specification([table])
    guard case .text(let csv) = specification["datasets"]?["t"] else { return [] }
    return csv.split(separator: "\n").map(String.init)
  }

  private func line(_ table: String) -> Plot.Layer {
    .init(.line(), of: table, x: .column("x"), y: .column("y"))
  }

  @Test("Columns that are not drawn are left out, unless pointing shows them")
  func columns() throws {
    #expect(try rows(line, [1])[0] == "x,y")
    let points = try rows({ .init(.point(), of: $0, x: .column("x"), y: .column("y")) }, [1])
    #expect(points == ["x,y,note,is_good", #"0,1,"a, ""b""",true"#])
    let filtered = try rows(
      { .init(.line(), of: $0, filter: "datum.is_good", x: .column("x"), y: .column("y")) }, [1])
    #expect(filtered[0] == "x,y,is_good")
  }

  @Test("Numbers have the digits that a picture can show, whatever range it shows")
  func digits() throws {
    #expect(try rows(line, [1 / 3.0, 100 / 3.0]) == ["x,y", "0,0.33333", "0.33333,33.333"])
    // Numbers that are names rather than places.
    let named = try rows(
      { .init(.line(), of: $0, x: .column("x"), y: .column("y"), detail: "x") }, [1, 2])
    #expect(named == ["x,y", "0,1", "0.3333333,2"])
    // A narrow range far from 0 keeps what tells its numbers apart.
    let narrow = try rows(line, [1_000_000.123456, 1_000_000.223456])
    #expect(narrow.map { $0.split(separator: ",")[1] } == ["y", "1000000.12346", "1000000.22346"])
    #expect(
      try rows(line, [.nan, -.infinity, 0]).map { $0.split(separator: ",").count } == [2, 1, 1, 2])
    #expect(try rows(line, [1e-300, 1]).contains("0,1e-300"))
  }

  @Test("Every column says what its texts are read as")
  func kinds() throws {
    var table = DiagnosticTable(
      "t", "t", source: "this test",
      columns: [.integer("x", "x"), .number("y", "y"), .text("c", "c"), .flag("f", "f")])
    try table.append([1, 2.5, "a", true])
    let plot = Plot(
      "p", "p", layers: [.init(.point(), of: "t", x: .column("x"), y: .column("y"))])
    guard case .array(let layers) = try plot.specification([table])["layer"] else { return }
    let format = layers[0]["data"]?["format"]
    #expect(format?["type"] == "csv")
    #expect(
      format?["parse"] == ["x": "number", "y": "number", "c": "string", "f": "boolean"])
    var faceted = plot
    faceted.facet = Plot.Facet("c")
    #expect(try faceted.specification([table])["data"]?["format"]?["type"] == "csv")
  }
}
