import Testing
import TimestepDiagnostics

@Suite("Specifications of plots")
struct PlotSpecificationTests {
  /// A table of some panels, each with numbers of its own.
  private func table(_ panels: [(String, [Double])]) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "t", "t", source: "s",
      columns: [.text("panel", "panel"), .number("y", "y"), .integer("n", "n")])
    for (panel, values) in panels {
      for (index, value) in values.enumerated() {
        try table.append([.text(panel), .number(value), .integer(index + 1)])
      }
    }
    return table
  }

  private func plot(
    color: Plot.Channel? = nil, facet: Plot.Facet? = nil
  ) -> Plot {
    Plot(
      "t", "t",
      layers: [
        .init(
          .line(), of: "t", x: .column("n"), y: .column("y", scale: .log), color: color)
      ], facet: facet)
  }

  private func encoding(_ specification: JSONValue, _ key: String) -> JSONValue? {
    let content = specification["spec"] ?? specification
    guard case .array(let layers) = content["layer"] else { return nil }
    return layers.first?["encoding"]?[key]
  }

  private func test(_ specification: JSONValue) -> String? {
    guard
      case .text(let test) = encoding(specification, "y")?["axis"]?["gridOpacity"]?["condition"]?[
        "test"]
    else { return nil }
    return test
  }

  @Test("A logarithmic axis shows powers of ten, over a short range 1, 2, 5 or listed numbers")
  func logarithmic() throws {
    let wide = try plot().specification([table([("a", [1e-5, 1])])])
    #expect(test(wide)?.contains("round") == true)
    let middle = try plot().specification([table([("a", [0.1, 3])])])
    #expect(test(middle)?.contains("[1, 2, 5]") == true)
    let narrow = try plot().specification([table([("a", [2.1, 5])])])
    #expect(test(narrow) == nil)
    #expect(encoding(narrow, "y")?["axis"]?["values"] == [2, 2.5, 3, 4, 5])
  }

  @Test("Of small multiples with axes of their own the smallest range decides")
  func multiples() throws {
    let table = try table([("a", [1e-5, 1]), ("b", [0.1, 3])])
    let shared = try plot(facet: .init("panel")).specification([table])
    #expect(test(shared)?.contains("round(log") == true && shared["resolve"] == nil)
    let own = try plot(facet: .init("panel", independentX: true, independentY: true))
      .specification([table])
    #expect(own["resolve"]?["scale"] == ["x": "independent", "y": "independent"])
    let short = try self.table([("a", [1, 50]), ("b", [0.1, 3])])
    let both = try plot(facet: .init("panel", independentY: true)).specification([short])
    #expect(test(both)?.contains("[1, 2, 5]") == true)
  }

  @Test("No axis stands under a place without a picture", arguments: [1, 2, 3, 4, 5, 6, 7])
  func emptyPlaces(count: Int) throws {
    let table = try table((0..<count).map { ("\($0)", [1, 1000]) })
    let specification = try plot(facet: .init("panel", columns: 3)).specification([table])
    let isRagged = count > 3 && count % 3 != 0
    #expect((specification["resolve"]?["axis"]?["x"] == "independent") == isRagged)
  }

  @Test("More than ten names have twenty colours, given colours win")
  func colors() throws {
    func scale(_ names: Int, _ channel: Plot.Channel = .column("panel")) throws -> JSONValue? {
      let table = try table((0..<names).map { ("\($0)", [1, 1000]) })
      return encoding(try plot(color: channel).specification([table]), "color")?["scale"]
    }
    #expect(try scale(10)?["scheme"] == nil)
    #expect(try scale(11)?["scheme"] == "tableau20")
    #expect(try scale(11, .column("panel", colorScheme: "viridis"))?["scheme"] == "viridis")
    let own = try scale(2, .column("panel", domain: ["0", "1"], colors: ["blue", "red"]))
    #expect(own?["range"] == ["blue", "red"])
  }

  @Test("Numbers ascend in a legend, names stand in the order of the rows")
  func legend() throws {
    let table = try table([("b", [1, 1000]), ("a", [1, 1000])])
    func sort(_ channel: Plot.Channel) throws -> JSONValue? {
      encoding(try plot(color: channel).specification([table]), "color")?["sort"]
    }
    #expect(try sort(.column("n", .nominal)) == "ascending")
    #expect(try sort(.column("panel")) == JSONValue.null)
  }
}
