import TimestepDiagnostics

/// `lm/sdepth-dt`: stochastic depth with a step dt: weak error for p = 1/2 and 0.8, and accuracy.
struct StochasticDepthSteps: Experiment {
  let id = "lm/sdepth-dt"
  let title = "stochastic depth with a step dt"
  let source = "\(LM.source), section 3, equation 5"
  let assumptions =
    LM.smallAssumptions + [
      "p is the survival probability of the last block. For dt < 1 a dropped block is not skipped: its factor is dt p - "
        + "sqrt(dt) p.",
      "Reduced: depth 20, 8000 images, 4 epochs; full: depth 20 with the recipe for CIFAR-10.",
    ]

  private static let survival = DiagnosticTable.Column.number(
    "survival", "survival of the last block")
  private static let dt = DiagnosticTable.Column.number("dt", "step dt")

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Self.survival, Self.dt], seeds: LM.seeds(scale, reduced: 1))
    for survival in scale.choose(smoke: [0.5], otherwise: [0.5, 0.8]) {
      for dt in [1, 0.5] {
        var options = LM.images(scale, .resNet, depth: 20)
        options.noise = "stochastic-depth:survival=\(survival),dt=\(dt)"
        if scale == .smoke { options.maxSteps = 2 }
        plan.add([.number(survival), .number(dt)], options)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var weak = WeakErrors()
    weak.rules = [.stochasticDepth(survival: 0.5), .stochasticDepth(survival: 0.8)]
    if context.scale == .smoke { weak.halvings = 8 }
    let figures = try weak.measure(DiagnosticContext("stochastic depth"))
    let orders = figures.tables[0]
    func order(_ p: Double, _ power: Int) -> Double {
      orders.rows.first {
        $0[0] == .text(WeakRule.stochasticDepth(survival: p).title) && $0[1] == .integer(power)
      }?[2].number ?? .nan
    }
    let low = [0.5, 0.8].flatMap { p in [1, 2].map { order(p, $0) } }
    let errors = try context.trials.overSeeds(
      "errors", "Test errors by dt and p", source: source, column: LM.errorColumn, LM.error)
    return ExperimentResult(
      tables: figures.tables + [errors],
      plots: figures.plots + [
        LM.points(
          "errors", "Test errors by dt and survival", of: errors, x: "dt", color: "survival")
      ],
      summary: figures.summary,
      claims: [
        Claim(
          "First and second moments are of weak order 1 for every p",
          low.allSatisfy { abs($0 - 1) < 0.1 }, "orders \(low.map(\.brief).joined(separator: ", "))"
        ),
        Claim(
          "Weak order 1 needs 1 - 2p = O(sqrt dt): the third moment has it for p = 1/2, and less for p = 0.8",
          abs(order(0.5, 3) - 1) < 0.1 && order(0.8, 3) < 0.9,
          "order \(order(0.5, 3).brief) for p = 0.5, \(order(0.8, 3).brief) for p = 0.8"),
      ])
  }
}
