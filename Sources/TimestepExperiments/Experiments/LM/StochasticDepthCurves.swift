import TimestepDiagnostics

/// `lm/fig5`: training and test curves of ResNet and LM-ResNet with stochastic depth.
struct StochasticDepthCurves: Experiment {
  let id = "lm/fig5"
  let title = "training and test curves with stochastic depth, ResNet and LM-ResNet"
  let source = "\(LM.source), figure 5"
  let assumptions =
    LM.smallAssumptions + [
      "Full: depth 56, survival 0.8; reduced: depth 32, the trainings of lm/table4."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.network], seeds: LM.seeds(scale, reduced: 2))
    for family in LM.Family.allCases {
      plan.add(
        [family.value],
        MultistepStochasticDepth.options(
          scale, family, depth: scale.choose(smoke: 14, reduced: 32, full: 56), survival: 0.8))
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let curves = try LMCurves(context, axis: "network", source: source)
    let pairs = PairedDifference(
      context.trials.at(["network": LM.Family.resNet.value]),
      context.trials.at(["network": LM.Family.multistep.value]))
    return ExperimentResult(
      tables: [curves.table], plots: curves.plots("Stochastic depth"),
      claims: [
        context.claim(
          "With stochastic depth LM-ResNet ends with a lower test error than ResNet",
          pairs.isPositive, pairs.evidence)
      ])
  }
}
