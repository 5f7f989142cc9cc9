import TimestepDiagnostics

/// `lm/noise`: noise of different kinds and levels added after each block in training.
struct NoiseInjection: Experiment {
  let id = "lm/noise"
  let title = "accuracy by kind and level of added noise"
  let source = "\(LM.source), reference code (ResNet_N)"
  let assumptions =
    LM.smallAssumptions + [
      "The code draws from U(0, level), whose mean is not 0, with level 0.001, which full has; the source reports no number.",
      "Reduced: depth 20, 8000 images, 4 epochs.",
    ]

  private static let kind = DiagnosticTable.Column.text("noise", "noise")

  private static let noises: [(title: String, choice: String)] = [
    ("none", "none"), ("normal, 0.001", "gaussian:level=0.001"),
    ("normal, 0.01", "gaussian:level=0.01"), ("normal, 0.1", "gaussian:level=0.1"),
    ("U(0, 0.01), the code's kind", "uniform-as-published:level=0.01"),
    (Self.published, "uniform-as-published:level=0.001"),
  ]
  /// The noise of the reference code.
  private static let published = "U(0, 0.001), the code's"

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [Self.kind], seeds: LM.seeds(scale, reduced: 1))
    let noises = scale == .smoke ? Array(Self.noises.prefix(2)) : Self.noises
    for (title, choice) in noises where scale == .full || title != Self.published {
      plan.add(
        [.text(title)],
        LM.images(scale, .resNet, depth: 20).with(noise: choice == "none" ? nil : choice))
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors by noise", source: source, column: LM.errorColumn, LM.error)
    let gaps = try trials.overSeeds(
      "gaps", "Training accuracy minus test accuracy", source: source,
      column: .number("gap", "training - test accuracy", unit: "percentage points"),
      MultistepStochasticDepth.gap)
    let none = trials.at(["noise": "none"])
    let differences = Self.noises.dropFirst().compactMap { noise -> (String, PairedDifference)? in
      let mine = trials.at(["noise": .text(noise.title)])
      return mine.isEmpty ? nil : (noise.title, PairedDifference(none, mine))
    }
    return ExperimentResult(
      tables: [errors, gaps],
      plots: [LM.points("errors", "Test errors by noise", of: errors, x: "noise")],
      claims: differences.map { title, pairs in
        context.claim(
          "Noise in training helps generalisation (\(title)): a lower test error", pairs.isPositive,
          pairs.evidence)
      })
  }
}
