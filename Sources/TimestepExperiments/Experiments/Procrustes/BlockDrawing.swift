import TimestepDiagnostics
import TimestepLayers

/// A block of a network drawn as boxes and lines: its layers one below the other, what goes around them beside.
///
/// The boxes are rows of the network's own table of layers.
struct BlockDrawing {
  /// What is drawn, for the title of the picture.
  let title: String
  /// Layers that everything passes first.
  var before: [LayerTable.Row] = []
  /// Layers of the branch.
  let branch: [LayerTable.Row]
  /// What leads around the branch, and is added to its value; nil for nothing, empty for the identity.
  let skip: [LayerTable.Row]?

  /// The columns of a table of drawings.
  static let columns: [DiagnosticTable.Column] = [
    .text("panel", "picture"), .text("mark", "mark"), .text("kind", "kind of layer"),
    .text("label", "layer"), .number("x", "x"), .number("y", "y"), .number("x_end", "x"),
    .number("y_end", "y"), .number("middle", "y"),
  ]
  /// The kinds of layers in the order of legends.
  static let kinds: [JSONValue] = ["convolution", "norm", "activation", "sum", "other"]

  /// Adds the drawing to a table: x to the right, y downwards from 0.
  func draw(into table: inout DiagnosticTable) throws {
    func line(_ x: Double, _ y: Double, _ xEnd: Double, _ yEnd: Double) throws {
      try table.append([
        .text(title), "line", "", "", .number(x), .number(y), .number(xEnd), .number(yEnd),
        .missing,
      ])
    }
    func box(_ label: String, _ kind: String, _ x: Double, _ y: Double) throws {
      try table.append([
        .text(title), "box", .text(kind), .text(label), .number(x - 0.44), .number(y - 0.36),
        .number(x + 0.44), .number(y + 0.36), .number(y),
      ])
    }
    /// Boxes below each other with lines between, from a height on; the height after them.
    func column(_ rows: [LayerTable.Row], _ x: Double, _ top: Double) throws -> Double {
      var y = top
      for row in rows {
        try line(x, y, x, y - 0.64)
        try box(Self.label(row), Self.kind(row), x, y - 1)
        y -= 1.36
      }
      return y
    }
    let start = try column(before, 0, 0)
    guard let skip else {
      let end = try column(branch, 0, start)
      return try line(0, end, 0, end - 0.6)
    }
    let fork = start - 0.4
    try line(0, start, 0, fork)
    try line(0, fork, 1.1, fork)
    let bottom = try min(column(branch, 1.1, fork), fork - 1.36 * Double(skip.count)) - 0.4
    let skipped = try column(skip, 0, fork)
    try line(0, skipped, 0, bottom - 0.64)
    try line(1.1, fork - 1.36 * Double(branch.count), 1.1, bottom - 1)
    try line(1.1, bottom - 1, 0.44, bottom - 1)
    try box("+", "sum", 0, bottom - 1)
    try line(0, bottom - 1.36, 0, bottom - 1.9)
  }

  private static func kind(_ row: LayerTable.Row) -> String {
    if row.kind.hasPrefix("conv") { return "convolution" }
    if row.kind.hasSuffix("norm") { return "norm" }
    return Activation(rawValue: row.kind) != nil ? "activation" : "other"
  }

  private static func label(_ row: LayerTable.Row) -> String {
    row.kind.hasPrefix("conv") ? "\(row.kind), \(row.outputShape.first ?? 0)" : row.kind
  }

  /// The picture of a table of drawings.
  static func plot(_ name: String, _ title: String, of table: String) -> Plot {
    func place(_ column: String) -> Plot.Channel { .column(column, isShown: false) }
    return Plot(
      name, title, subtitle: ["from top to bottom; convolutions with the channels of their value"],
      layers: [
        .init(
          .rule(), of: table, filter: "datum.mark == 'line'", x: place("x"), y: place("y"),
          x2: .column("x_end"), y2: .column("y_end")),
        .init(
          .rectangle(), of: table, filter: "datum.mark == 'box'", x: place("x"), y: place("y"),
          x2: .column("x_end"), y2: .column("y_end"),
          color: .column("kind", domain: kinds, colorScheme: "pastel1")),
        .init(
          .label, of: table, filter: "datum.mark == 'box'", x: place("x"), y: place("middle"),
          text: .column("label")),
      ], facet: Plot.Facet("panel", columns: 3), width: 300, height: 420)
  }
}
