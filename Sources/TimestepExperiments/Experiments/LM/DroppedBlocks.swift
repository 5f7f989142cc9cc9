import TimestepDiagnostics

/// `lm/drop-block`: accuracy of a trained ResNet without one of its blocks.
struct DroppedBlocks: Experiment {
  let id = "lm/drop-block"
  let title = "accuracy after the deletion of one block"
  let source = "\(LM.source), introduction; Veit et al. (2016)"
  let assumptions =
    LM.smallAssumptions + [
      "A deleted block leaves its skip, a deleted transition block its projection.",
      "Reduced: depth 56, 6000 images, 4 epochs, one seed. The picture is of the first seed.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.depth], seeds: LM.seeds(scale, reduced: 1))
    var options = LM.images(scale, .resNet, depth: 56, examples: 6000)
    if scale == .smoke { options.maxSteps = 4 }
    plan.add([.integer(scale == .smoke ? 14 : 56)], options)
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let budget = DiagnosticBudget(
      examples: context.scale.choose(smoke: 128, reduced: 2000, full: 10_000))
    let found = try context.trials.all.filter { !$0.hasDiverged }.map {
      (outcome: $0, figures: try BlockDeletion()($0.saved().diagnosticContext(budget: budget)))
    }
    guard var figures = found.first?.figures, let first = figures.tables.first else {
      return ExperimentResult(tables: [], plots: [])
    }
    var table = DiagnosticTable(
      "block-deletion-seeds", "Effect of deleting one block, every seed", source: source,
      columns: [.integer("seed", "seed")] + first.columns)
    for (outcome, figures) in found {
      for row in figures.tables.first?.rows ?? [] {
        try table.append([.integer(Int(outcome.trial.seed))] + row)
      }
    }
    figures.tables.append(table)
    let seeds = found.map { Deletions($0.figures.tables.first) }
    let (transitions, steps) = (seeds.flatMap(\.transitions), seeds.flatMap(\.steps))
    let accuracy = found.map(\.outcome.finalAccuracy).median
    return ExperimentResult(
      figures,
      claims: [
        context.claim(
          "Deleting an ordinary block costs little: less than a tenth of the accuracy for most",
          steps.isEmpty ? nil : steps.median > -100 * accuracy / 10,
          "median change \(steps.median.brief) points, worst \((steps.min() ?? .nan).brief)"),
        context.claim(
          "Deleting a block that subsamples breaks the network: nothing costs more",
          transitions.isEmpty
            ? nil : seeds.allSatisfy { $0.worst.allSatisfy { $0.kind == "transition" } },
          "transitions: \(transitions.map(\.brief).joined(separator: ", ")) points; most lost without "
            + seeds.map { $0.worst.map(\.path).joined(separator: ", ") }.joined(separator: "; ")),
      ])
  }

  /// What one trained network loses by the kind of the deleted block.
  private struct Deletions {
    private let rows: [(path: String, kind: String, change: Double)]

    init(_ table: DiagnosticTable?) {
      guard let table else {
        rows = []
        return
      }
      let changes = table.numbers("change")
      rows = table.rows.indices.filter { changes[$0].isFinite }.map {
        (table["path"][$0].description, table["kind"][$0].description, changes[$0])
      }
    }

    var transitions: [Double] { rows.filter { $0.kind == "transition" }.map(\.change) }
    var steps: [Double] { rows.filter { $0.kind == "step" }.map(\.change) }
    /// The two blocks that cost most.
    var worst: [(path: String, kind: String, change: Double)] {
      Array(rows.sorted { $0.change < $1.change }.prefix(2))
    }
  }
}
