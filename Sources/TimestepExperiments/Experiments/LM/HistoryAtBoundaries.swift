import TimestepDiagnostics

/// `lm/boundary`: what becomes of the history of LM-ResNet where the state changes its shape, and k for each channel.
struct HistoryAtBoundaries: Experiment {
  let id = "lm/boundary"
  let title = "history at transitions, and k for each channel"
  let source = "\(LM.source), reference code; spec 2.2, 2.3"
  let assumptions =
    LM.smallAssumptions + [
      "The code resets; project is inferred from the sizes of LM-ResNeXt; k for each channel begins in U[-0.1, 0] as a "
        + "single one does (the code's begins near 1).",
      "Reduced: depth 20, 8000 images, 4 epochs.",
    ]

  private static let variant = DiagnosticTable.Column.text("variant", "variant")

  private static let variants: [(title: String, scheme: String)] = [
    ("reset", "lm:k=trained"), ("project", "lm:k=trained,boundary=project"),
    ("restart", "lm:k=trained,boundary=restart"),
    ("reset, k for each channel", "lm:k=trained,shape=channel"),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [LM.depth, Self.variant], seeds: LM.seeds(scale, reduced: 2))
    for depth in scale.choose(smoke: [8], reduced: [20], full: [20, 56]) {
      for (title, scheme) in Self.variants {
        var options = LM.images(scale, .multistep, depth: depth, smokeDepth: depth)
        options.scheme = scheme
        if scale == .smoke { options.maxSteps = 2 }
        plan.add([.integer(depth), .text(title)], options, isOptional: depth == 56)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors by policy", source: source, column: LM.errorColumn, LM.error)
    var sizes = DiagnosticTable(
      "sizes", "Parameters by policy", source: source,
      columns: [LM.depth, Self.variant, .integer("parameters", "parameters")])
    for outcome in trials.all where outcome.trial.seed == trials.all.first?.trial.seed {
      try sizes.append([
        trials.value("depth", of: outcome), trials.value("variant", of: outcome),
        .integer(outcome.summary.parameters),
      ])
    }
    let depth = trials.values("depth").first ?? .missing
    let reset = trials.at(["depth": depth, "variant": "reset"])
    // The source's sizes of LM-ResNeXt-29, in millions, against those with either policy.
    var misfits: [String: Double] = [:]
    for policy in ["reset", "project"] {
      misfits[policy] = try [("8x64d", 35.1), ("16x64d", 68.8)].map { groups, millions in
        let count = try NetworkSizes.count(
          "lm-resnext-29-\(groups)", classes: 100, scheme: "lm:k=trained,boundary=\(policy)")
        return abs(Double(count) / 1e6 - millions)
      }.max()
    }
    let (misfit, other) = (misfits["project"] ?? .nan, misfits["reset"] ?? .nan)
    return ExperimentResult(
      tables: [errors, sizes],
      plots: [LM.points("errors", "Test errors by policy", of: errors, x: "variant")],
      summary: Self.variants.dropFirst().map { variant in
        let pairs = PairedDifference(
          reset, trials.at(["depth": depth, "variant": .text(variant.title)]))
        return "\(variant.title) against reset: \(pairs.evidence)"
      },
      claims: [
        Claim(
          "The source's sizes of LM-ResNeXt, 35.1 and 68.8 million, are those with projected histories",
          misfit < 0.15 && other > 0.4,
          "largest misfit \(misfit.brief) million with project, \(other.brief) million with reset")
      ])
  }
}
