import TimestepDiagnostics

/// `robust/fig3`: accuracy against depth for h = 1 and h = 0.1, on images and on texts.
struct AccuracyAgainstDepth: Experiment {
  let id = "robust/fig3"
  let title = "accuracy against depth for h = 1 and h = 0.1"
  let source = "\(Robust.source), figure 3"
  let assumptions =
    Robust.smallAssumptions + [
      "The depths of the figure are lost; full: 20, 44, 110, 218 on CIFAR-10 and 9, 17, 29, 49 on AG-NEWS."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.part, Robust.depth, Robust.h], seeds: Robust.seeds(scale, reduced: 3))
    for depth in scale.choose(
      smoke: [8, 14], reduced: [8, 20, 44, 110, 218], full: [20, 44, 110, 218])
    {
      for h in [1, 0.1] {
        plan.add(
          ["images", .integer(depth), .number(h)], Robust.images(scale, depth: depth, h: h),
          isOptional: [20, 218].contains(depth))
      }
    }
    for depth in scale.choose(smoke: [9], reduced: [9, 29, 49], full: [9, 17, 29, 49]) {
      for h in [1, 0.1] {
        plan.add(
          ["texts", .integer(depth), .number(h)], Robust.texts(scale, depth: depth, h: h),
          isOptional: true)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy-depth", "Test accuracy against depth", source: source,
      column: Robust.accuracy
    ) { 100 * $0.bestAccuracy }
    var claims: [Claim] = []
    for part in context.trials.values("part") {
      claims += self.claims(context, part)
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        Robust.plot(
          "accuracy-depth", "Test accuracy against depth", of: table,
          x: .column("depth", .ordinal), facet: "part")
      ], claims: claims)
  }

  /// The advantage of h = 0.1 at the deepest and the shallowest network, and what depth costs with h = 1.
  private func claims(_ context: ExperimentContext, _ part: TableValue) -> [Claim] {
    let here = context.trials.at(["part": part])
    let depths = here.compactMap { context.trials.value("depth", of: $0).number }
    guard let shallow = depths.min(), let deep = depths.max() else { return [] }
    func pair(_ depth: Double) -> StepSizePair {
      context.trials.pair(["part": part, "depth": .number(depth)])
    }
    let (shallowest, deepest) = (pair(shallow), pair(deep))
    return [
      context.claim(
        "On \(part), h = 0.1 beats h = 1 at the greatest depth, and by more than at the smallest",
        [
          Comparison(deepest.small, deepest.large).isGreater(),
          Comparison(deepest.gains, shallowest.gains).isGreater(),
        ].all,
        "depth \(Int(deep)): \(deepest.gain.percent), depth \(Int(shallow)): \(shallowest.gain.percent)"
      ),
      context.claim(
        "On \(part), accuracy with h = 1 falls when the network gets very deep",
        Comparison(shallowest.large, deepest.large).isGreater(),
        "\(shallowest.medians.large.percent) at \(Int(shallow)), \(deepest.medians.large.percent) at \(Int(deep))"
      ),
      context.claim(
        "On \(part), the spread over seeds is smaller with h = 0.1 at the greatest depth",
        deepest.isSteadier,
        "\(deepest.spreads.small.percent) with h = 0.1, \(deepest.spreads.large.percent) with h = 1"
      ),
    ]
  }
}
