import TimestepDiagnostics

/// `robust/smoothness`: how far each block of trained networks moves the state, for h = 1 and h = 0.1.
struct RelativeSteps: Experiment {
  let id = "robust/smoothness"
  let title = "relative step of every block of trained networks"
  let source = "\(Robust.source), section 3.3"
  let assumptions =
    Robust.smallAssumptions + [
      "The networks of robust/fig3, up to two seeds; 512 test examples, in evaluation. Blocks that change the shape are "
        + "left out. Networks whose training became no number are left out."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.depth, Robust.h], seeds: Array(Robust.seeds(scale, reduced: 2).prefix(2)))
    for depth in scale.choose(smoke: [8], otherwise: [20, 44, 110, 218]) {
      for h in [1, 0.1] {
        plan.add(
          [.integer(depth), .number(h)], Robust.images(scale, depth: depth, h: h),
          isOptional: depth == 44)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "relative-step", "Relative step of every block", source: source,
      columns: [
        Robust.depth, Robust.h, .integer("seed", "seed"), .integer("block", "block"),
        .text("stage", "stage"), .number("step", "relative step |u+ - u| / |u|"),
        .number("smallest", "smallest of an example"), .number("largest", "largest of an example"),
      ])
    for outcome in context.trials.all where !outcome.hasDiverged {
      let saved = try outcome.saved()
      let found = try RelativeStep()(
        saved.diagnosticContext(
          seed: context.seed,
          budget: DiagnosticBudget(examples: 512, seconds: context.seconds)))
      guard let steps = found.tables.first else { continue }
      for row in steps.rows.indices {
        try table.append([
          context.trials.value("depth", of: outcome), context.trials.value("h", of: outcome),
          .integer(Int(outcome.trial.seed)), steps["block"][row], steps["stage"][row],
          steps["step"][row], steps["smallest"][row], steps["largest"][row],
        ])
      }
    }
    let depths = context.trials.values("depth")
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          "relative-step", "Relative step of every block", subtitle: ["mean over test examples"],
          layers: [
            .init(
              .point(size: 22), of: table.name, x: .column("block"),
              y: .column("step", scale: .log), color: Robust.color)
          ], facet: .init("depth", columns: 2), width: 380, height: 220)
      ], claims: depths.map { claim(context, table, depth: $0) })
  }

  private func claim(_ context: ExperimentContext, _ table: DiagnosticTable, depth: TableValue)
    -> Claim
  {
    func median(_ h: Double) -> Double {
      table.rows.indices.filter {
        table["depth"][$0] == depth && table.numbers("h")[$0] == h
      }.map { table.numbers("step")[$0] }.filter(\.isFinite).median
    }
    let (small, large) = (median(0.1), median(1))
    return context.claim(
      "At depth \(depth), blocks move the state less with h = 0.1",
      small.isNaN || large.isNaN ? nil : small < large,
      "median over blocks \(small.brief) with h = 0.1, \(large.brief) with h = 1")
  }
}
