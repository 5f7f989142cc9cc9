import TimestepDiagnostics
import TimestepTorch
import TimestepTraining

/// `lecture/varpro`: the objective by work, for all weights at once and with the last map projected out, by SGD,
/// L-BFGS and Gauss-Newton.
struct VariableProjectionWork: Experiment {
  let id = "lecture/varpro"
  let title = "objective against work, joint or by variable projection, SGD or Gauss-Newton"
  let source = "Course code, peaks; Meganet.m"
  let assumptions = [
    "Peaks with 1000 points (800 for training), ResNet by forward Euler over T = 4, tanh; full: the course's network of "
      + "width 8 with 16 steps; else width 16 with 8 steps. Tikhonov 1e-5 on the network's weights and 1e-3 on those of "
      + "the last map; the same first weights for every method, float64.",
    "SGD: batches of 40, learning rate 0.1, no momentum, as in the course. Gauss-Newton: 10 inner iterations to 0.1. The "
      + "course ends after 50 epochs or 50 iterations; here every method has the same work.",
    "First weights are random in every step; the course takes the same ones in all steps.",
    "SGD's last objective is the median over its last 20 epochs.",
    "Work in evaluations of the objective: a gradient counts 2 more, a Gauss-Newton product 4; the "
      + "solution for the last map, a Newton iteration with 85 unknowns (full: 45), is not counted.",
  ]

  private enum Method: String, CaseIterable {
    case sgd = "SGD, all weights"
    case limited = "L-BFGS, all weights"
    case newton = "Gauss-Newton, all weights"
    case limitedProjected = "L-BFGS, VarPro"
    case newtonProjected = "Gauss-Newton, VarPro"

    var isProjected: Bool { self == .limitedProjected || self == .newtonProjected }
    var minimizer: any Minimizer {
      switch self {
      case .newton, .newtonProjected: GaussNewton()
      case .sgd, .limited, .limitedProjected: LBFGS()
      }
    }
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let budget = context.scale.choose(smoke: 60.0, reduced: 1500, full: 10_000)
    let iterations = context.scale.choose(smoke: 3, otherwise: 100_000)
    let seeds = context.scale.choose(smoke: 1, reduced: 2, full: 5)
    var course = DiagnosticTable(
      "varpro", "Objective by work", source: source,
      columns: [
        .text("method", "method"), .integer("seed", "seed"), .text("run", "run"),
        .number("work", "work in evaluations"), .number("objective", "objective"),
      ])
    var ends = DiagnosticTable(
      "varpro-ends", "After the same work", source: source,
      columns: [
        .text("method", "method"), .integer("seed", "seed"), .number("objective", "objective"),
        .number("accuracy", "test accuracy", unit: "%"), .number("work", "work in evaluations"),
      ])
    for method in Method.allCases {
      for seed in 0..<seeds {
        var rows: [(work: Double, objective: Double)] = []
        var options = LectureDynamics.resnet.points(
          steps: context.scale.choose(smoke: 8, reduced: 8, full: 16), time: 4,
          width: context.scale.choose(smoke: 16, reduced: 16, full: 8))
        options.dataset = "peaks:count=1000"
        options.batchSize = 40
        let subject = try FullBatchNetwork(options, seed: context.seed &+ UInt64(seed))
        try minimize(subject, by: method, budget: budget, iterations: iterations) {
          rows.append(($0, $1))
        }
        for row in rows {
          try course.append([
            .text(method.rawValue), .integer(seed), .text("\(method.rawValue) \(seed)"),
            .number(row.work), .number(row.objective),
          ])
        }
        try ends.append([
          .text(method.rawValue), .integer(seed),
          // Steps of SGD go up and down: what it has reached is the median of its last epochs.
          .number(rows.suffix(method == .sgd ? 20 : 1).map(\.objective).median),
          .number(subject.measured(.accuracy).map { 100 * $0 }), .number(rows.last?.work),
        ])
      }
    }
    return ExperimentResult(
      tables: [ends, course],
      plots: [
        Plot(
          "varpro", "Objective by work", subtitle: ["a line for each seed"],
          layers: [
            .init(
              .line(), of: course.name, x: .column("work"), y: .column("objective", scale: .log),
              color: .column("method"), detail: "run")
          ])
      ], claims: claims(context, ends))
  }

  /// Minimises until the work is done; `note` is told work and objective.
  private func minimize(
    _ subject: FullBatchNetwork, by method: Method, budget: Double, iterations: Int,
    note: @escaping (Double, Double) -> Void
  ) throws {
    let body = "tikhonov:alpha=0.00001,of=body"
    let joint = [body, "tikhonov:alpha=0.001,of=head"]
    if method == .sgd {
      let problem = try subject.problem(joint)
      note(1, try withoutGradients { try problem.objective().scalar() })
      let epochs = min(iterations, max(1, Int(budget / 3)))
      // An epoch evaluates the loss of each example once, with its gradient.
      try subject.descend(problem, epochs: epochs, rate: 0.1) { note(1 + 3 * Double($0), $1) }
      return
    }
    let problem: any FullBatchProblem =
      method.isProjected
      ? try subject.projection(alpha: 0.001, [body]) : try subject.problem(joint)
    _ = try method.minimizer.minimize(problem, limits: .init(iterations: iterations)) { record in
      note(record.work.units, record.objective)
      return record.work.units < budget
    }
    // The last map is the best one for the weights that were found last.
    if method.isProjected { _ = try withoutGradients { try problem.objective() } }
  }

  private func claims(_ context: ExperimentContext, _ ends: DiagnosticTable) -> [Claim] {
    func median(_ method: Method) -> Double {
      ends.rows.filter { $0[0] == .text(method.rawValue) }.compactMap { $0[2].number }.median
    }
    func text(_ methods: [Method]) -> String {
      methods.map { "\($0.rawValue): \(median($0).brief)" }.joined(separator: ", ")
    }
    return [
      context.claim(
        "Variable projection reaches a lower objective with the same work than all weights at once",
        median(.newtonProjected) < median(.newton) && median(.limitedProjected) < median(.limited),
        text([.newton, .newtonProjected, .limited, .limitedProjected])),
      context.claim(
        "Gauss-Newton reaches a lower objective with the same work than SGD",
        median(.newton) < median(.sgd), text([.sgd, .newton])),
    ]
  }
}
