import TimestepDiagnostics

/// `lm/fig3`: training and test curves of ResNeXt-29 and LM-ResNeXt-29.
struct ResNeXtCurves: Experiment {
  let id = "lm/fig3"
  let title = "training and test curves of ResNeXt-29 and LM-ResNeXt-29"
  let source = "\(LM.source), figure 3"
  let assumptions = [
    "The caption's LM-ResNet29 is LM-ResNeXt-29, 16x64d, pre-activation, on CIFAR-100.",
    "Reduced: 4 groups of 8 channels, states of 64, 128, 256 channels, CIFAR-10 averaged to 16 x 16, 5000 images, 4 epochs.",
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.network], seeds: LM.seeds(scale, reduced: 1))
    for (title, family) in [("ResNeXt", "resnext"), ("LM-ResNeXt", "lm-resnext")] {
      var small = RunOptions()
      small.network = "\(family)-29-4x8d"
      small.widths = [64, 128, 256]
      var options = scale.choose(
        smoke: small.onSmoke(.cifar16, steps: 2),
        reduced: small.small(.cifar16, examples: 5000, epochs: 4),
        full: RunOptions.cifar100("\(family)-29-16x64d", weightDecay: 5e-4))
      options.weightDecay = scale == .smoke ? nil : 5e-4
      plan.add([.text(title)], options)
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let curves = try LMCurves(context, axis: "network", source: source)
    let (plain, multistep) = (
      context.trials.at(["network": "ResNeXt"]), context.trials.at(["network": "LM-ResNeXt"])
    )
    let pairs = PairedDifference(plain, multistep)
    return ExperimentResult(
      tables: [curves.table], plots: curves.plots("ResNeXt-29 and LM-ResNeXt-29"),
      claims: [
        context.claim(
          "LM-ResNeXt-29 ends with a lower test error than ResNeXt-29", pairs.isPositive,
          pairs.evidence)
      ],
      published: PublishedError.table2.filter { $0.network?.hasSuffix("16x64d") ?? false }.map {
        $0.number(context.trials.all)
      })
  }
}
