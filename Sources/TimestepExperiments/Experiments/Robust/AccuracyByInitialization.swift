import TimestepDiagnostics

/// `robust/fig16`: accuracy by the distribution of the initial weights, for h = 1 and h = 0.1.
struct AccuracyByInitialization: Experiment {
  let id = "robust/fig16"
  let title = "accuracy by the distribution of the initial weights"
  let source = "\(Robust.source), figure 16"
  let assumptions =
    Robust.smallAssumptions + [
      "The initialisations of the figure are lost; ours: PyTorch's default, Xavier and He, uniform and normal, orthogonal.",
      "So are its depths; full: 20, 44, 110, 218.",
      "Competitive: the median with h = 0.1 is at most one point below that with h = 1.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.depth, .text("init", "initial weights"), Robust.h],
      seeds: Robust.seeds(scale, reduced: 2))
    for depth in scale.choose(smoke: [8], reduced: [44], full: [20, 44, 110, 218]) {
      for name in scale.choose(
        smoke: ["pytorch", "orthogonal"],
        reduced: ["pytorch", "xavier-normal", "he-uniform", "he-normal", "orthogonal"],
        full: [
          "pytorch", "xavier-uniform", "xavier-normal", "he-uniform", "he-normal", "orthogonal",
        ])
      {
        for h in [1, 0.1] {
          var options = Robust.images(scale, depth: depth, h: h)
          options.initialization = name
          plan.add(
            [.integer(depth), .text(name), .number(h)], options, isOptional: name == "he-uniform")
        }
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy-init", "Test accuracy by initial weights", source: source, column: Robust.accuracy
    ) { 100 * $0.bestAccuracy }
    let depths = context.trials.values("depth")
    let plot = Plot(
      "accuracy-init", "Test accuracy by initial weights",
      subtitle: [table.seedsCaption("bars")],
      layers: [
        .init(
          .rule(), of: table.name, x: .column("low"), y: .column("init"), x2: .column("high"),
          color: Robust.color),
        .init(
          .point(size: 90), of: table.name, x: .column("accuracy"), y: .column("init"),
          color: Robust.color),
      ], facet: depths.count > 1 ? .init("depth", columns: 2) : nil,
      width: depths.count > 1 ? 380 : 560, height: 220)
    return ExperimentResult(
      tables: [table], plots: [plot], claims: depths.map { claim(context, depth: $0) })
  }

  private func claim(_ context: ExperimentContext, depth: TableValue) -> Claim {
    let gains = context.trials.values("init").map { name in
      (name, context.trials.pair(["depth": depth, "init": name]))
    }
    return context.claim(
      "At depth \(depth), h = 0.1 is competitive with every initialisation",
      gains.map { Comparison($0.1.small, $0.1.large).isGreater(by: -0.01) }.all,
      "median with h = 0.1 minus that with h = 1: "
        + gains.map { "\($0.1.gain.percent) with \($0.0)" }.joined(separator: ", "))
  }
}
