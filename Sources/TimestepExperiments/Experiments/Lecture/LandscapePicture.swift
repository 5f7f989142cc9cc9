import TimestepDiagnostics

/// The panels of a landscape as drawn: cells of colour, and contour lines on them.
struct LandscapePicture {
  let part: Landscape.Part
  let source: String
  /// Levels of contour lines in a panel; they are equally spaced in the square root of the value.
  let lines: Int

  /// The table of cells and lines, from that of all values.
  func table(_ landscape: DiagnosticTable) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "\(part.rawValue)-picture", "Objectives as drawn", source: source,
      notes: ["At most some 50 cells along an axis."],
      columns: [
        .text("panel", "panel"), .text("kind", "cell or line"), .number("t1", "theta 1"),
        .number("t1_end", "theta 1"), .number("t2", "theta 2"), .number("t2_end", "theta 2"),
        .number("value", "phi"), .number("share", "phi over its largest value"),
      ])
    let size = Int(Double(landscape.rows.count / 2).squareRoot().rounded())
    let skip = max(1, (size - 1) / 50)
    let kept = Array(stride(from: 0, to: size, by: skip))
    for (block, steps) in LectureLandscape.steps.enumerated() {
      let rows = landscape.rows[block * size * size..<(block + 1) * size * size]
      let numbers = rows.map { row in row.map { $0.number ?? .nan } }
      let axis = kept.map { numbers[$0][1] }
      func grid(_ value: ([Double]) -> Double) -> [[Double]] {
        kept.map { row in kept.map { value(numbers[row * size + $0]) } }
      }
      let panels: [(String, [[Double]])] =
        part == .objective
        ? [("N = \(steps), sample 1", grid { $0[3] })]
        : [
          ("N = \(steps), sample 2", grid { $0[4] }),
          ("N = \(steps), difference", grid { abs($0[3] - $0[4]) }),
        ]
      for (panel, values) in panels {
        let largest = max(values.joined().max() ?? 1, .leastNormalMagnitude)
        try append(
          "\(panel), up to \(largest.brief)", values, axis, largest: largest,
          hasLines: !panel.hasSuffix("difference"), to: &table)
      }
    }
    return table
  }

  private func append(
    _ panel: String, _ values: [[Double]], _ axis: [Double], largest: Double, hasLines: Bool,
    to table: inout DiagnosticTable
  ) throws {
    let half = axis.count > 1 ? (axis[1] - axis[0]) / 2 : 0
    for (row, t2) in axis.enumerated() {
      for (column, t1) in axis.enumerated() {
        let value = values[row][column]
        try table.append([
          .text(panel), "cell", .number(t1 - half), .number(t1 + half), .number(t2 - half),
          .number(t2 + half), .number(value), .number(value / largest),
        ])
      }
    }
    guard hasLines else { return }
    let levels = (1...lines).map { level in
      let share = Double(level) / Double(lines + 1)
      return share * share * largest
    }
    for piece in ContourLines(values, x: axis, y: axis, levels: levels).pieces {
      try table.append([
        .text(panel), "line", .number(piece.x), .number(piece.xEnd), .number(piece.y),
        .number(piece.yEnd), .number(piece.level), .number(piece.level / largest),
      ])
    }
  }
}
