import TimestepDiagnostics

/// `lm/drop-block`: accuracy of a trained ResNet without one of its blocks.
struct DroppedBlocks: Experiment {
  let id = "lm/drop-block"
  let title = "accuracy after the deletion of one block"
  let source = "\(LM.source), introduction; Veit et al. (2016)"
  let assumptions =
    LM.smallAssumptions + [
      "A deleted block leaves its skip, a deleted transition block its projection. Reduced: depth 56, 6000 images, 4 epochs."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.depth], seeds: [7])
    var options = LM.images(scale, .resNet, depth: 56, examples: 6000)
    if scale == .smoke { options.maxSteps = 4 }
    plan.add([.integer(scale == .smoke ? 14 : 56)], options)
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    guard let outcome = context.trials.all.first else {
      return ExperimentResult(tables: [], plots: [])
    }
    let budget = DiagnosticBudget(
      examples: context.scale.choose(smoke: 128, reduced: 2000, full: 10_000))
    let figures = try BlockDeletion()(outcome.saved().diagnosticContext(budget: budget))
    let table = figures.tables[0]
    let (kinds, paths, losses) = (table["kind"], table["path"], table.numbers("change"))
    func changes(_ kind: String) -> [Double] {
      zip(kinds, losses).filter { $0.0 == .text(kind) }.map(\.1)
    }
    let (transitions, steps) = (changes("transition"), changes("step"))
    let worst = losses.indices.sorted { losses[$0] < losses[$1] }.prefix(2)
    return ExperimentResult(
      figures,
      claims: [
        context.claim(
          "Deleting an ordinary block costs little: less than a tenth of the accuracy for most",
          steps.isEmpty ? nil : steps.median > -100 * outcome.finalAccuracy / 10,
          "median change \(steps.median.brief) points, worst \((steps.min() ?? .nan).brief)"),
        context.claim(
          "Deleting a block that subsamples breaks the network: nothing costs more",
          transitions.isEmpty ? nil : worst.allSatisfy { kinds[$0] == "transition" },
          "transitions: \(transitions.map(\.brief).joined(separator: ", ")) points; most lost without "
            + worst.map { paths[$0].description }.joined(separator: ", ")),
      ])
  }
}
