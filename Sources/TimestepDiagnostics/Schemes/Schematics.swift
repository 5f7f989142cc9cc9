import TimeStepping

/// `schematic`: one step of schemes drawn as a network: states, evaluations of the field, sums.
///
/// Nothing is drawn by hand: each scheme is run on symbols, and what it asks the field for and adds up is the picture. The
/// plots of LM-ResNet, figure 1.
public struct Schematics: Diagnostic {
  public let name = "schematic"
  public let title = "one step of schemes drawn as a network"
  public let equation = "u_{l+1} = step(u_l, h, f)"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), figure 1"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("scheme", standard: "all", "one explicit scheme, or those of the figure")
  ]
  /// What is drawn, by the title of each picture.
  public var schemes: [(title: String, scheme: any Scheme)] = [
    ("(a) ResNet: forward Euler", ForwardEuler()), ("(b) PolyNet: poly-2", PolyNet.poly2),
    ("(c) FractalNet: order 2", FractalBlock()),
    ("(d) RevNet: symplectic Euler", SymplecticEuler.rev),
    ("(e) LM-ResNet: k = -0.5", LinearMultistep(k: .constant(-0.5))),
  ]

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    if let name = choice.values["scheme"], name != "all" {
      copy.schemes = [(name, try SchemeCatalog.scheme(named: name))]
    }
    return copy
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var table = DiagnosticTable(
      "schematic", "Steps of schemes", source: source,
      notes: ["Time goes to the right; numbers at lines are factors other than 1, for h = 1."],
      columns: [
        .text("picture", "network"), .text("kind", "kind"), .text("label", "label"),
        .number("x", "x"), .number("y", "y"), .number("x_end", "x"), .number("y_end", "y"),
      ])
    for (title, scheme) in schemes {
      let graph = try SchemeGraph(scheme)
      for edge in graph.edges {
        let (from, to) = (graph.nodes[edge.from], graph.nodes[edge.to])
        try table.append([
          .text(title), "line", "", .number(from.x), .number(from.y), .number(to.x), .number(to.y),
        ])
        guard edge.weight != 1 else { continue }
        try table.append([
          .text(title), "factor", .text(edge.weight.text),
          .number(from.x + 0.55 * (to.x - from.x)),
          // Above a line that falls, below one that rises.
          .number(from.y + 0.55 * (to.y - from.y) + (to.y > from.y ? -0.18 : 0.14)),
          .missing, .missing,
        ])
      }
      for node in graph.nodes {
        let kind =
          switch node.kind {
          case .state: "state"
          case .field: "field"
          case .sum: "sum"
          }
        try table.append([
          .text(title), .text(kind), .text(node.label), .number(node.x), .number(node.y), .missing,
          .missing,
        ])
        // Sums and what lies below have their names below.
        let isBelow = node.kind == .sum || node.kind == .state && node.y < 0
        try table.append([
          .text(title), "name", .text(node.label), .number(node.x + 0.05),
          .number(node.y + (isBelow ? -0.27 : 0.22)), .missing, .missing,
        ])
      }
    }
    let kinds: [JSONValue] = ["state", "field", "sum"]
    let (x, y) = (
      Plot.Channel.column("x", domain: [-0.3, 4.6], isShown: false),
      Plot.Channel.column("y", domain: [-1.4, 1.4], isShown: false)
    )
    let plot = Plot(
      "schematic", "Networks as steps of schemes",
      subtitle: ["from left to right; numbers are factors other than 1"],
      layers: [
        .init(
          .rule(), of: table.name, filter: "datum.kind == 'line'", x: x, y: y,
          x2: .column("x_end"), y2: .column("y_end")),
        .init(
          .point(size: 300), of: table.name,
          filter: "datum.kind == 'state' || datum.kind == 'field' || datum.kind == 'sum'", x: x,
          y: y, color: .column("kind", domain: kinds), shape: .column("kind", domain: kinds)),
        .init(
          .label, of: table.name, filter: "datum.kind == 'name' || datum.kind == 'factor'",
          x: x, y: y, text: .column("label")),
      ], facet: Plot.Facet("picture", columns: 2), width: 300, height: 150)
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: schemes.map { "\($0.title): \($0.scheme.updateEquation)" })
  }
}
