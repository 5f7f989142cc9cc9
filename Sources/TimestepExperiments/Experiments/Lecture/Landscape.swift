import TimestepDiagnostics

/// `lecture/landscape` and `lecture/landscape-inputs`: the objective over two parameters for N = 5 and N = 100
/// steps; the same for another sample, and the difference of both.
struct Landscape: Experiment {
  /// Which of the slides.
  enum Part: String {
    /// "Why you should care about stability - 1".
    case objective = "landscape"
    /// "Why you should care about stability - 2".
    case inputs = "landscape-inputs"
  }

  let part: Part
  var id: String { "lecture/\(part.rawValue)" }
  var title: String {
    part == .objective
      ? "objective over two parameters, N = 5 and N = 100"
      : "objectives of two samples and their difference, N = 5 and N = 100"
  }
  var source: String {
    "\(Lecture.source), \"Why you should care about stability - \(part == .objective ? 1 : 2)\""
  }
  let assumptions = [
    "Grid 0.2 to 2 with 101 points along each axis, 20 examples, coordinates 0.1 N(0, 1), a second "
      + "sample with a target of its own: the course's code. The slide says N(0, 1), looked at beside it.",
    "Contour lines: full 100 levels as in the course, else 30; equally spaced in the square root of phi, since equally "
      + "spaced ones in phi leave the valley empty. Colours are drawn on at most some 50 cells along an axis.",
    "The slide's K has two parameters, though it speaks of three.",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = LectureLandscape()
    diagnostic.points = context.scale.choose(smoke: 21, otherwise: 101)
    let figures = try diagnostic.measure(DiagnosticContext(id, seed: context.seed))
    var minima = try Self.noting(figures.tables[0], seed: context.seed, deviation: 0.1)
    // The claims have to hold for other samples too, on a coarser grid.
    for (seed, deviation) in [(1, 0.1), (2, 0.1), (0, 1), (1, 1), (2, 1)] as [(UInt64, Double)] {
      diagnostic.points = context.scale.choose(smoke: 11, otherwise: 41)
      diagnostic.deviation = deviation
      let found = try diagnostic.measure(DiagnosticContext(id, seed: context.seed &+ seed))
      for row in try Self.noting(found.tables[0], seed: context.seed &+ seed, deviation: deviation)
        .rows
      {
        try minima.append(row)
      }
    }
    let lines = context.scale.choose(smoke: 30, reduced: 30, full: 100)
    let picture = try LandscapePicture(part: part, source: source, lines: lines)
      .table(figures.tables[1])
    let domain: [JSONValue] = [0.18, 2.02]
    func axis(_ name: String) -> Plot.Channel { .column(name, domain: domain) }
    var one = Plot.Channel.datum(1)
    one.domain = domain
    let (x, y) = (axis("t1"), axis("t2"))
    let (xEnd, yEnd) = (Plot.Channel.column("t1_end"), Plot.Channel.column("t2_end"))
    let plot = Plot(
      picture.name,
      part == .objective
        ? "The objective over its two parameters"
        : "The objective of another sample, and the difference of both",
      subtitle: [
        "colour: phi over its largest value in the panel; \(lines) contour levels; "
          + "red: (1, 1), where the target is made"
      ],
      layers: [
        .init(
          .rectangle(), of: picture.name, filter: "datum.kind == 'cell'", x: x, y: y, x2: xEnd,
          y2: yEnd, color: .column("share", scale: .sqrt, colorScheme: "viridis")),
        .init(
          .rule(), of: picture.name, filter: "datum.kind == 'line'", x: x, y: y, x2: xEnd,
          y2: yEnd, color: .value("white")),
        .init(.point(size: 70), of: picture.name, x: one, y: one, color: .value("red")),
      ], facet: .init("panel", columns: 2), width: 320, height: 320)
    return ExperimentResult(
      tables: [minima, figures.tables[1], picture], plots: [plot], summary: figures.summary,
      claims: claims(context, minima))
  }

  /// The table of minima with the sample it is of.
  private static func noting(_ table: DiagnosticTable, seed: UInt64, deviation: Double) throws
    -> DiagnosticTable
  {
    var result = DiagnosticTable(
      table.name, table.title, source: table.source, notes: table.notes,
      columns: [
        .integer("seed", "seed"), .number("deviation", "deviation of the coordinates"),
      ] + table.columns)
    for row in table.rows {
      try result.append([.integer(Int(seed)), .number(deviation)] + row)
    }
    return result
  }

  private func claims(_ context: ExperimentContext, _ minima: DiagnosticTable) -> [Claim] {
    func rows(_ steps: Int) -> [[TableValue]] {
      minima.rows.filter { $0[2] == .integer(steps) }
    }
    func numbers(_ steps: Int, _ column: String) -> [Double] {
      let index = minima.index(of: column) ?? 0
      return rows(steps).compactMap { $0[index].number }
    }
    func distances(_ steps: Int) -> [Double] {
      zip(numbers(steps, "t1"), numbers(steps, "t2")).map { max(abs($0 - 1), abs($1 - 1)) }
    }
    func range(_ values: [Double]) -> String {
      "\((values.min() ?? .nan).brief) to \((values.max() ?? .nan).brief)"
    }
    let (few, many) = (numbers(5, "minima"), numbers(100, "minima"))
    if part == .inputs {
      let ratios = zip(numbers(5, "difference"), numbers(100, "difference")).map { $0 / $1 }
      return [
        context.claim(
          "With N = 5 the objectives of two samples differ much, with N = 100 they agree",
          ratios.allSatisfy { $0 >= 100 },
          "largest |phi_1 - phi_2| \(range(numbers(5, "difference"))) against "
            + "\(range(numbers(100, "difference"))), \(range(ratios)) times as much")
      ]
    }
    return [
      context.claim(
        "With N = 5 the objective is jagged, with many minima; with N = 100 it looks convex",
        few.allSatisfy { $0 >= 10 } && many.allSatisfy { $0 <= 2 },
        "interior minima \(range(few)) and \(range(many)) over \(few.count) samples"),
      context.claim(
        "The best point for N = 100 is near (1, 1), where the target is made, that for N = 5 is not",
        distances(100).allSatisfy { $0 <= 0.12 } && distances(5).allSatisfy { $0 > 0.12 },
        "distances \(range(distances(100))) and \(range(distances(5)))"),
    ]
  }
}
