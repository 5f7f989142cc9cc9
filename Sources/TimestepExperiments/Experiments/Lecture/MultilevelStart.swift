import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// `lecture/multilevel`: training from coarse to fine time grids against a cold start on the finest.
struct MultilevelStart: Experiment {
  let id = "lecture/multilevel"
  let title = "objective and work on each level of time, against a cold start"
  let source = "Meganet.m, swiss roll; Haber, Ruthotto, Holtham and Jun (2017)"
  let assumptions = [
    "Swiss roll, antisymmetric RK4 network with weights at the times of the grid, width 4 behind an "
      + "opening layer (Meganet: two zero channels), T = 20, tanh; alpha 5e-4 for the time derivative, 1e-3 "
      + "for the last map; Gauss-Newton with variable projection, softmax. Levels: 16, 32, 64 steps with 15 "
      + "iterations each (full: 16 to 1024 steps with 30 iterations each; Meganet's number is not known here).",
    "Random first weights, not zero. The cold start has as much work, in evaluations on the finest "
      + "level, as all levels together.",
  ]
  private static let regularizers = ["time-l2:alpha=0.0005"]

  private struct Size {
    let steps, levels, iterations, seeds: Int
  }

  private static func options(_ steps: Int) -> RunOptions {
    var options = LectureDynamics.antisymmetric.points(steps: steps, time: 20, width: 4)
    options.weights = "nodes"
    options.dataset = "swiss-roll"
    return options
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let size = context.scale.choose(
      smoke: Size(steps: 4, levels: 2, iterations: 2, seeds: 1),
      reduced: Size(steps: 16, levels: 3, iterations: 15, seeds: 2),
      full: Size(steps: 16, levels: 7, iterations: 30, seeds: 5))
    var course = DiagnosticTable(
      "multilevel", "Objective by work", source: source,
      notes: [
        "Work: evaluations on the finest level; an evaluation with half the steps counts half."
      ],
      columns: [
        .text("start", "start"), .integer("seed", "seed"), .text("run", "run"),
        .text("level", "level"), .integer("steps", "steps N"),
        .number("work", "work in evaluations on the finest level"),
        .number("objective", "objective"),
      ])
    var ends = DiagnosticTable(
      "multilevel-ends", "What came of both", source: source,
      columns: [
        .integer("seed", "seed"), .text("start", "start"),
        .number("before", "objective at the start of the finest level"),
        .number("after", "objective at its end"), .number("accuracy", "test accuracy", unit: "%"),
        .number("work", "work in evaluations on the finest level"),
      ])
    for seed in 0..<size.seeds {
      try run(size, seed: context.seed &+ UInt64(seed), &course, &ends)
    }
    return ExperimentResult(
      tables: [ends, course],
      plots: [
        Plot(
          "multilevel", "Objective by work, from coarse to fine and from a cold start",
          subtitle: ["a line for each seed"],
          layers: [
            .init(
              .line(points: true), of: course.name, x: .column("work"),
              y: .column("objective", scale: .log), color: .column("level"), detail: "run")
          ])
      ], claims: claims(context, ends))
  }

  private func run(
    _ size: Size, seed: UInt64, _ course: inout DiagnosticTable, _ ends: inout DiagnosticTable
  ) throws {
    let first = try FullBatchNetwork(Self.options(size.steps), seed: seed)
    let training = try MultilevelTraining(
      "antisymmetric", first.configuration.networkOptions, task: first.configuration.task,
      levels: size.levels, seed: seed, dataType: .float64)
    let finest = size.steps << (size.levels - 1)
    var spent = 0.0
    func minimized(
      _ network: ResidualNetwork, _ start: String, level: String, steps: Int,
      limits: MinimizationLimits, budget: Double
    ) throws -> Minimization {
      let subject = try FullBatchNetwork(Self.options(steps), seed: seed, network: network)
      let share = Double(steps) / Double(finest)
      let before = spent
      return try GaussNewton().minimize(
        subject.projection(alpha: 1e-3, Self.regularizers), limits: limits
      ) { record in
        spent = before + share * record.work.units
        try course.append([
          .text(start), .integer(Int(seed)), .text("\(level) \(seed)"), .text(level),
          .integer(steps), .number(spent), .number(record.objective),
        ])
        return spent < budget
      }
    }
    func note(_ network: ResidualNetwork, _ start: String, _ found: (Double, Double)) throws {
      let subject = try FullBatchNetwork(Self.options(finest), seed: seed, network: network)
      try ends.append([
        .integer(Int(seed)), .text(start), .number(found.0), .number(found.1),
        .number(subject.measured(.accuracy).map { 100 * $0 }), .number(spent),
      ])
    }
    let (network, levels) = try training { network, level in
      let steps = size.steps << level
      let found = try minimized(
        network, "coarse to fine", level: "N = \(steps)", steps: steps,
        limits: .init(iterations: size.iterations), budget: .infinity)
      return .init(
        before: found.records.first?.objective ?? .nan, after: found.last?.objective ?? .nan,
        work: found.last?.work ?? Work())
    }
    let last = levels[levels.count - 1].outcome
    try note(network, "coarse to fine", (last.before, last.after))
    let budget = spent
    spent = 0
    let cold = try training.network(level: size.levels - 1)
    let found = try minimized(
      cold, "cold", level: "cold, N = \(finest)", steps: finest,
      limits: .init(iterations: 100_000), budget: budget)
    try note(
      cold, "cold", (found.records.first?.objective ?? .nan, found.last?.objective ?? .nan))
  }

  private func claims(_ context: ExperimentContext, _ ends: DiagnosticTable) -> [Claim] {
    func values(_ start: TableValue, _ column: Int) -> [Double] {
      ends.rows.filter { $0[1] == start }.compactMap { $0[column].number }
    }
    func text(_ column: Int) -> String {
      zip(values("coarse to fine", column), values("cold", column))
        .map { "\($0.brief) and \($1.brief)" }.joined(separator: "; ")
    }
    func isLess(_ column: Int) -> Bool {
      zip(values("coarse to fine", column), values("cold", column)).allSatisfy { $0 < $1 }
    }
    return [
      context.claim(
        "The finest level starts lower from the coarser one's weights than cold", isLess(2),
        "objectives at the start by seed: \(text(2))"),
      context.claim(
        "After the same work the multilevel start beats the cold start", isLess(3),
        "objectives at the end by seed: \(text(3)); test accuracy in %: \(text(4))"),
    ]
  }
}
