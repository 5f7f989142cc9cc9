import TimestepData
import TimestepDiagnostics
import TimestepTorch
import TimestepTraining

/// `lecture/regression`: the height of the peaks landscape by scheme, learned from all points at once.
struct PeaksRegressionSchemes: Experiment {
  let id = "lecture/regression"
  let title = "error of peaks regression by scheme, L-BFGS"
  let source = "\(Lecture.source), learning task \"regression\"; course code"
  let assumptions = [
    "An opening layer, T = 4, tanh; full: the course's network of width 8 with 16 steps; else width 16 with 8 steps. 1000 "
      + "training and 1000 test points; L-BFGS with 10 pairs and Wolfe's conditions, float64; Tikhonov 1e-5 on all "
      + "weights. The course trains by SGD and Newton-CG.",
    "First weights are random in every step; the course takes the same ones in all steps.",
    "Heun and RK4 have a set of weights at each time of the grid, one more than there are steps.",
    "300 iterations and three seeds; full: 1000 and five.",
  ]

  private static let schemes: [(name: String, scheme: String?, weights: String?)] = [
    ("ResNet, Euler", "euler", nil), ("ResNet, Heun", "heun", "nodes"),
    ("ResNet, RK4", "rk4", "nodes"), ("Hamiltonian", nil, nil),
  ]

  /// The network of a scheme; none stands for the Hamiltonian network, which has its own.
  private static func options(_ scale: ExperimentScale, scheme: String?, weights: String?)
    -> RunOptions
  {
    let dynamics = scheme == nil ? LectureDynamics.hamiltonian : .resnet
    var options = dynamics.points(
      steps: scale.choose(smoke: 8, reduced: 8, full: 16), time: 4,
      width: scale.choose(smoke: 16, reduced: 16, full: 8))
    (options.scheme, options.weights) = (scheme ?? options.scheme, weights)
    options.dataset = "peaks-regression"
    return options
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let iterations = context.scale.choose(smoke: 10, reduced: 300, full: 1000)
    let seeds = context.scale.choose(smoke: 1, reduced: 3, full: 5)
    var course = DiagnosticTable(
      "regression", "Objective by iteration", source: source,
      columns: [
        .text("scheme", "scheme"), .integer("seed", "seed"), .text("run", "run"),
        .integer("iteration", "iteration"), .number("work", "work in evaluations"),
        .number("objective", "half the mean squared error"),
      ])
    var errors = DiagnosticTable(
      "regression-errors", "Errors after the last iteration", source: source,
      columns: [
        .text("scheme", "scheme"), .integer("seed", "seed"),
        .number("train", "RMSE over the target's deviation, training", unit: "%"),
        .number("test", "RMSE over the target's deviation, test", unit: "%"),
        .number("r2", "R2 of the test part"),
      ])
    var map = DiagnosticTable(
      "regression-map", "Heights, the first seed", source: source,
      columns: [
        .text("panel", "panel"), .number("x", "x"), .number("x_end", "x"), .number("y", "y"),
        .number("y_end", "y"), .number("height", "height"),
      ])
    try Self.addMap("peaks(x, y)", to: &map) { $0.map { PeaksFunction.height($0, $1) } }
    for (name, scheme, weights) in Self.schemes {
      let options = Self.options(context.scale, scheme: scheme, weights: weights)
      for seed in 0..<seeds {
        let subject = try FullBatchNetwork(options, seed: context.seed &+ UInt64(seed))
        let found = try LBFGS().minimize(
          subject.problem(["tikhonov:alpha=0.00001"]), limits: .init(iterations: iterations))
        for record in found.records {
          try course.append([
            .text(name), .integer(seed), .text("\(name) \(seed)"), .integer(record.iteration),
            .number(record.work.units), .number(record.objective),
          ])
        }
        try errors.append([
          .text(name), .integer(seed),
          .number(subject.measured(.relativeError, on: .train).map { 100 * $0 }),
          .number(subject.measured(.relativeError).map { 100 * $0 }),
          .number(subject.measured(.determination)),
        ])
        guard seed == 0 else { continue }
        try Self.addMap(name, to: &map) { places in
          let inputs = try Tensor(places.flatMap { [$0, $1] }, shape: [places.count, 2])
          return try withoutGradients { try subject.network(inputs, .evaluation) }
            .scalars(Double.self)
        }
      }
    }
    return ExperimentResult(
      tables: [errors, course, map], plots: plots(course, map),
      claims: [claim(context, errors)])
  }

  private func claim(_ context: ExperimentContext, _ errors: DiagnosticTable) -> Claim {
    let medians = Self.schemes.map { scheme in
      (
        scheme.name,
        errors.rows.filter { $0[0] == .text(scheme.name) }.compactMap { $0[4].number }.median
      )
    }
    return context.claim(
      "The blocks that classify and segment do regression too: R2 of at least 0.98 with every scheme",
      medians.allSatisfy { $0.1 >= 0.98 },
      medians.map { "\($0.0): \($0.1.brief)" }.joined(separator: ", "))
  }

  private func plots(_ course: DiagnosticTable, _ map: DiagnosticTable) -> [Plot] {
    [
      Plot(
        "regression", "Objective by iteration of L-BFGS", subtitle: ["a line for each seed"],
        layers: [
          .init(
            .line(), of: course.name, x: .column("iteration"),
            y: .column("objective", scale: .log), color: .column("scheme"), detail: "run")
        ]),
      Plot(
        "regression-map", "The landscape, and what the networks make of it",
        layers: [
          .init(
            .rectangle(), of: map.name, x: .column("x", domain: [-3, 3]),
            y: .column("y", domain: [-3, 3]), x2: .column("x_end"), y2: .column("y_end"),
            color: .column("height", colorScheme: "viridis"))
        ], facet: .init("panel", columns: 3), width: 200, height: 200),
    ]
  }

  /// Heights in the middle of 40 x 40 cells.
  private static func addMap(
    _ panel: String, to table: inout DiagnosticTable,
    _ heights: ([(Double, Double)]) throws -> [Double]
  ) throws {
    let cells = 40
    let size = 6 / Double(cells)
    let corners = (0..<cells * cells).map {
      (-3 + size * Double($0 % cells), -3 + size * Double($0 / cells))
    }
    let values = try heights(corners.map { ($0.0 + size / 2, $0.1 + size / 2) })
    for (corner, value) in zip(corners, values) {
      try table.append([
        .text(panel), .number(corner.0), .number(corner.0 + size), .number(corner.1),
        .number(corner.1 + size), .number(value),
      ])
    }
  }
}
