import TimestepDiagnostics

/// `lm/fig2`: test error against depth and size of ResNet and LM-ResNet.
struct MultistepErrorAgainstDepth: Experiment {
  let id = "lm/fig2"
  let title = "test error against depth, ResNet and LM-ResNet"
  let source = "\(LM.source), figure 2"
  let assumptions =
    LM.smallAssumptions + [
      "Reduced: 10,000 images, 6 epochs. At this size the difference of the two networks is about that of two seeds."
    ]

  /// One training; `lm/fig4` and `lm/compress` ask for the same ones.
  static func options(_ scale: ExperimentScale, _ family: LM.Family, depth: Int) -> RunOptions {
    LM.images(scale, family, depth: depth, smokeDepth: depth, examples: 10_000, epochs: 6)
  }

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [LM.depth, LM.network], seeds: LM.seeds(scale, reduced: 5))
    for depth in scale.choose(
      smoke: [8, 14], reduced: [56, 20, 14], full: [20, 32, 44, 56, 110])
    {
      for family in LM.Family.allCases {
        plan.add(
          [.integer(depth), family.value], Self.options(scale, family, depth: depth),
          isOptional: depth < 56)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let table = try trials.overSeeds(
      "error-depth", "Test error against depth", source: source, column: LM.errorColumn, LM.error)
    let sizes = try errorsAgainstSize(trials)
    var differences = DiagnosticTable(
      "differences", "Error of ResNet minus error of LM-ResNet", source: source,
      notes: ["Pairs of trainings with equal initial weights and batches."],
      columns: [
        LM.depth, .integer("pairs", "pairs"),
        .number("mean", "mean difference", unit: "percentage points"),
        .number("standard_error", "standard error", unit: "percentage points"),
        .integer("positive", "pairs in which LM-ResNet is better"),
      ])
    var claims: [Claim] = []
    for depth in trials.values("depth").sorted(by: { ($0.number ?? 0) < ($1.number ?? 0) }) {
      let pairs = PairedDifference(
        trials.at(["depth": depth, "network": LM.Family.resNet.value]),
        trials.at(["depth": depth, "network": LM.Family.multistep.value]))
      try differences.append([
        depth, .integer(pairs.values.count), .number(pairs.mean), .number(pairs.standardError),
        .integer(pairs.values.count { $0 > 0 }),
      ])
      claims.append(
        context.claim(
          "At depth \(depth) LM-ResNet has a lower test error than ResNet of the same size",
          pairs.isPositive, pairs.evidence))
    }
    let identity = try NetworkIdentity.shallowMultistep.difference()
    claims.append(
      Claim(
        "With a reset history, LM-ResNet of depth 8 is ResNet of depth 8: none of its steps has a history",
        identity < 1e-12, "largest relative difference of outputs \(identity.brief)"))
    return ExperimentResult(
      tables: [table, differences, sizes],
      plots: [
        LM.plot(
          "error-depth", "Test error against depth", of: table, x: .column("depth", .ordinal)),
        Plot(
          "error-size", "Test error against size",
          layers: [
            .init(
              .point(), of: sizes.name, x: .column("parameters", scale: .log),
              y: .column("error"), color: .column("network"))
          ]),
      ], claims: claims,
      published: PublishedError.table2.filter { $0.dataset == "cifar-10" }.map {
        $0.number(trials.all)
      })
  }

  private func errorsAgainstSize(_ trials: TrialOutcomes) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "error-size", "Test error against size", source: source,
      columns: [
        LM.network, LM.depth, .integer("seed", "seed"), .integer("parameters", "parameters"),
        LM.errorColumn,
      ])
    for outcome in trials.all {
      try table.append([
        trials.value("network", of: outcome), trials.value("depth", of: outcome),
        .integer(Int(outcome.trial.seed)), .integer(outcome.summary.parameters),
        .number(LM.error(outcome)),
      ])
    }
    return table
  }
}
