import TimestepDiagnostics

/// `lm/shake-dt`: shake-shake with a step dt: weak error, and accuracy of networks with two functions in each block.
struct ShakeShakeSteps: Experiment {
  let id = "lm/shake-dt"
  let title = "shake-shake with a step dt"
  let source = "\(LM.source), section 3, equation 4"
  let assumptions =
    LM.smallAssumptions + [
      "One eta for each image and block, the same in the gradient; off: eta is 1/2 in training too.",
      "Reduced: depth 14, 8000 images, 4 epochs; full: depth 20 with the recipe for CIFAR-10.",
    ]

  private static let noise = DiagnosticTable.Column.text("noise", "shake-shake")

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [Self.noise], seeds: LM.seeds(scale, reduced: 1))
    let steps = scale.choose(
      smoke: ["1"], otherwise: ["1", "0.5", "0.25"])
    let choices = [("off", "granularity=none")] + steps.map { ("dt = \($0)", "dt=\($0)") }
    for (title, choice) in choices {
      var options = LM.images(scale, .resNet, depth: scale == .full ? 20 : 14)
      options.noise = "shake-shake:\(choice)"
      if scale == .smoke { options.maxSteps = 2 }
      plan.add([.text(title)], options)
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var weak = WeakErrors()
    weak.rules = [.shakeShake]
    if context.scale == .smoke { weak.halvings = 8 }
    let figures = try weak.measure(DiagnosticContext("shake-shake"))
    let orders = figures.tables[0].numbers("order")
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors by dt", source: source, column: LM.errorColumn, LM.error)
    let gaps = try trials.overSeeds(
      "gaps", "Training accuracy minus test accuracy", source: source,
      column: .number("gap", "training - test accuracy", unit: "percentage points"),
      MultistepStochasticDepth.gap)
    let identity = try WeakRule.identityError()
    func gap(_ noise: String) -> [Double] {
      trials.at(["noise": .text(noise)]).compactMap(MultistepStochasticDepth.gap)
    }
    return ExperimentResult(
      tables: figures.tables + [errors, gaps],
      plots: figures.plots + [LM.points("errors", "Test errors by dt", of: errors, x: "noise")],
      summary: figures.summary,
      claims: [
        Claim(
          "Shake-shake with step dt is a weak scheme of order 1",
          orders.allSatisfy { abs($0 - 1) < 0.1 },
          "orders of the first three moments: \(orders.map(\.brief).joined(separator: ", "))"),
        Claim(
          "With dt = 1 it is shake-shake", identity == 0,
          "largest difference of the factors from eta and 1 - eta: \(identity.brief)"),
        context.claim(
          "The noise regularises: a smaller gap between training and test than without",
          Comparison(gap("off"), gap("dt = 1")).isGreater(),
          "\(gap("off").median.brief) points off, \(gap("dt = 1").median.brief) points with dt = 1"),
      ])
  }
}
