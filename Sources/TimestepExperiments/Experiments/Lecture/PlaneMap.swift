import TimestepData
import TimestepDiagnostics
import TimestepTorch

/// What a trained network of points says in the plane: the class of every point of a grid, and test points on it.
struct PlaneMap {
  /// Cells along each axis.
  let cells: Int
  /// The most test points.
  let points: Int

  /// The columns: a row is a cell, or a test point.
  static let columns: [DiagnosticTable.Column] = [
    .text("panel", "network"), .text("kind", "cell or test point"),
    .number("x", "first coordinate"),
    .number("x_end", "first coordinate"), .number("y", "second coordinate"),
    .number("y_end", "second coordinate"), .text("class", "class that the network says"),
    .flag("is_right", "right"),
  ]

  /// Appends the map of a training.
  func append(_ outcome: TrialOutcome, panel: String, to table: inout DiagnosticTable) throws {
    let saved = try outcome.saved()
    let names = saved.configuration.dataset.task.names
    let context = try saved.diagnosticContext()
    let batch = try context.requiredData().batch(of: .test, examples: points)
    let places = try batch.inputs.cast(to: .float64).scalars(Double.self)
    func range(_ axis: Int) -> ClosedRange<Double> {
      let values = stride(from: axis, to: places.count, by: 2).map { places[$0] }
      let (low, high) = (values.min() ?? -1, values.max() ?? 1)
      let margin = 0.05 * (high - low)
      return low - margin...high + margin
    }
    let (x, y) = (range(0), range(1))
    let width = (x.upperBound - x.lowerBound) / Double(cells)
    let height = (y.upperBound - y.lowerBound) / Double(cells)
    func classes(_ inputs: Tensor) throws -> [Int] {
      try withoutGradients {
        let outputs = try saved.network(inputs.cast(to: batch.inputs.dataType), .evaluation)
        return try outputs.argmax(1).scalars(Int64.self).map(Int.init)
      }
    }
    var corners: [(left: Double, low: Double)] = []
    for row in 0..<cells {
      for column in 0..<cells {
        corners.append(
          (x.lowerBound + Double(column) * width, y.lowerBound + Double(row) * height))
      }
    }
    let middles: [Double] = corners.flatMap { [$0.left + width / 2, $0.low + height / 2] }
    let found = try classes(Tensor(middles, shape: [cells * cells, 2]))
    for (corner, label) in zip(corners, found) {
      try table.append([
        .text(panel), "cell", .number(corner.left), .number(corner.left + width),
        .number(corner.low), .number(corner.low + height), .text(names[label]), .missing,
      ])
    }
    let targets = try batch.targets.scalars(Int64.self).map(Int.init)
    for (index, label) in try classes(batch.inputs).enumerated() {
      try table.append([
        .text(panel), "point", .number(places[2 * index]), .missing,
        .number(places[2 * index + 1]), .missing, .text(names[label]),
        .flag(label == targets[index]),
      ])
    }
  }

  /// The picture of such a table.
  static func plot(of table: DiagnosticTable, title: String, classes: [String], columns: Int)
    -> Plot
  {
    func points(_ filter: String, _ color: JSONValue) -> Plot.Layer {
      .init(
        .point(size: 14), of: table.name, filter: "datum.kind == 'point' && \(filter)",
        x: .column("x"), y: .column("y"), color: .value(color))
    }
    return Plot(
      table.name, title,
      subtitle: ["test points: white where the network is right, black where not"],
      layers: [
        .init(
          .rectangle(), of: table.name, filter: "datum.kind == 'cell'", x: .column("x"),
          y: .column("y"), x2: .column("x_end"), y2: .column("y_end"),
          color: .column("class", domain: classes.map { .text($0) })),
        points("datum.is_right", "white"), points("!datum.is_right", "black"),
      ], facet: .init("panel", columns: columns), width: 240, height: 240)
  }
}
