import TimeStepping

/// `lecture-landscape`: the lecture's objective with two parameters, for few and for many steps, on two samples.
public struct LectureLandscape: Diagnostic {
  public let name = "lecture-landscape"
  public let title =
    "the lecture's objective with two parameters, N = 5 and N = 100, on two samples"
  public let equation = "phi(t) = 1/2 |Y_N(t) - C|^2,  Y_{l+1} = Y_l + (10/N) tanh(K(t1, t2) Y_l)"
  public let source =
    "lecture \"Residual Neural Networks\", why stability matters 1 and 2; its course code"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("points", standard: "101", "of the grid along each axis"),
    ArgumentDescription("deviation", standard: "0.1", "of the coordinates of the examples"),
    ArgumentDescription("examples", standard: "20", "in each sample"),
  ]
  /// Points along each axis.
  public var points = 101
  /// The deviation of the coordinates.
  public var deviation = 0.1
  /// Examples in each sample.
  public var examples = 20
  /// The numbers of steps.
  public static let steps = [5, 100]
  /// The parameters along each axis.
  public static let range = 0.2...2.0

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.points = try choice.integer("points", in: 5...1001) ?? points
    copy.deviation = try choice.number("deviation", in: 1e-6...1e3) ?? deviation
    copy.examples = try choice.integer("examples", in: 1...10_000) ?? examples
    return copy
  }

  /// The values of a parameter on the grid.
  var axis: [Double] {
    let width = Self.range.upperBound - Self.range.lowerBound
    return (0..<points).map { Self.range.lowerBound + width * Double($0) / Double(points - 1) }
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let axis = axis
    let samples = try [0, 1].map {
      try LectureObjective(
        examples: examples, deviation: deviation, seed: context.seed &* 2 &+ UInt64($0))
    }
    // A picture of each panel needs no more than some 50 cells along an axis.
    let skip = max(1, (points - 1) / 50)
    let half =
      (Self.range.upperBound - Self.range.lowerBound) / Double(points - 1) / 2 * Double(skip)
    var table = DiagnosticTable(
      "landscape", "Objectives of two samples", source: source,
      notes: [
        "\(examples) examples, coordinates normal with deviation \(deviation); the second sample has its own target."
      ],
      columns: [
        .integer("steps", "steps N"), .number("t1", "theta 1"), .number("t2", "theta 2"),
        .number("sample_1", "phi of sample 1"), .number("sample_2", "phi of sample 2"),
      ])
    var picture = DiagnosticTable(
      "landscape-picture", "Objectives as drawn", source: source,
      notes: skip == 1 ? [] : ["Every \(skip)th point of the grid along each axis."],
      columns: [
        .text("panel", "panel"), .number("t1", "theta 1"), .number("t1_end", "theta 1"),
        .number("t2", "theta 2"), .number("t2_end", "theta 2"), .number("value", "phi"),
        .number("share", "phi over its 95th percentile"),
      ])
    var minima = DiagnosticTable(
      "landscape-minima", "Minima of the objectives", source: source,
      notes: ["Interior points of the grid smaller than their eight neighbours."],
      columns: [
        .integer("steps", "steps N"), .integer("sample", "sample"),
        .integer("minima", "interior local minima"), .number("t1", "theta 1 of the smallest"),
        .number("t2", "theta 2 of the smallest"), .number("smallest", "smallest phi"),
        .number("largest", "largest phi"),
        .number("difference", "largest difference of the two samples"),
      ])
    for steps in Self.steps {
      let grids = try samples.map { try $0.grid(axis, steps: steps) }
      let difference = zip(grids[0], grids[1]).map { zip($0, $1).map { abs($0 - $1) } }
      let most = difference.joined().max() ?? 0
      for (number, grid) in grids.enumerated() {
        guard let best = GridMinima.smallest(grid) else { continue }
        try minima.append([
          .integer(steps), .integer(number + 1), .integer(GridMinima.interior(grid).count),
          .number(axis[best.column]), .number(axis[best.row]),
          .number(grid[best.row][best.column]), .number(grid.joined().max()), .number(most),
        ])
      }
      for row in axis.indices {
        for column in axis.indices {
          try table.append([
            .integer(steps), .number(axis[column]), .number(axis[row]),
            .number(grids[0][row][column]), .number(grids[1][row][column]),
          ])
        }
      }
      for (panel, grid) in [
        ("sample 1", grids[0]), ("sample 2", grids[1]), ("difference", difference),
      ] {
        let sorted = grid.joined().sorted()
        let scale = max(sorted[sorted.count * 95 / 100], .leastNormalMagnitude)
        for row in stride(from: 0, to: points, by: skip) {
          for column in stride(from: 0, to: points, by: skip) {
            try picture.append([
              .text("N = \(steps), \(panel)"), .number(axis[column] - half),
              .number(axis[column] + half), .number(axis[row] - half),
              .number(axis[row] + half), .number(grid[row][column]),
              .number(min(grid[row][column] / scale, 1)),
            ])
          }
        }
      }
    }
    let domain: [JSONValue] = [
      .number(Self.range.lowerBound - half), .number(Self.range.upperBound + half),
    ]
    let plot = Plot(
      "landscape", "The objective over its two parameters",
      subtitle: [
        "colour: phi over its 95th percentile in the panel, at most 1; the target is made at (1, 1)"
      ],
      layers: [
        .init(
          .rectangle(), of: picture.name, x: .column("t1", domain: domain),
          y: .column("t2", domain: domain), x2: .column("t1_end"), y2: .column("t2_end"),
          color: .column("share", scale: .sqrt, colorScheme: "viridis"))
      ], facet: Plot.Facet("panel", columns: 3), width: 240, height: 240)
    let summary = minima.rows.map {
      "N = \($0[0]), sample \($0[1]): \($0[2]) interior \($0[2] == 1 ? "minimum" : "minima"), the smallest at (\(text($0[3])), \(text($0[4])))"
    }
    return DiagnosticResult(tables: [minima, table, picture], plots: [plot], summary: summary)
  }

  private func text(_ value: TableValue) -> String { value.number.map(\.text) ?? "?" }
}
