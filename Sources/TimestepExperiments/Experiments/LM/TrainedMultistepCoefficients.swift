import TimestepDiagnostics

/// `lm/fig4`: the trained coefficients k of LM-ResNets against their layer.
struct TrainedMultistepCoefficients: Experiment {
  let id = "lm/fig4"
  let title = "trained k of LM-ResNet, layer by layer"
  let source = "\(LM.source), figure 4"
  let assumptions =
    LM.smallAssumptions + [
      "Left out: the k of steps that have no history, the first one and those that change the shape.",
      "Reduced: depth 56, 10,000 images, 6 epochs, the trainings of lm/fig2; the source's networks were trained for "
        + "300 epochs on CIFAR-100.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.depth], seeds: LM.seeds(scale, reduced: 5))
    switch scale {
    case .smoke, .reduced:
      let depth = scale == .smoke ? 14 : 56
      plan.add(
        [.integer(depth)],
        MultistepErrorAgainstDepth.options(scale, .multistep, depth: depth))
    case .full:
      for depth in [110, 164] {
        plan.add([.integer(depth)], .cifar100("lm-resnet-\(depth)"), isOptional: depth == 164)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try coefficients(context)
    var layers = DiagnosticTable(
      "coefficients-median", "Trained k of each layer", source: source,
      notes: ["Median, lowest and highest over seeds."],
      columns: [
        LM.network, .integer("block", "block"), .integer("stage", "stage"), .number("k", "k"),
        .number("low", "lowest over seeds"), .number("high", "highest over seeds"),
      ])
    for depth in context.trials.values("depth") {
      let mine = table.rows.filter { $0[0] == depth }
      var blocks: [TableValue] = []
      for row in mine where !blocks.contains(row[2]) { blocks.append(row[2]) }
      for block in blocks {
        let rows = mine.filter { $0[2] == block }
        let values = rows.compactMap { $0[4].number }
        try layers.append([
          .text("LM-ResNet-\(depth)"), block, rows[0][3], .number(values.median),
          .number(values.min()),
          .number(values.max()),
        ])
      }
    }
    return ExperimentResult(
      tables: [layers, table],
      plots: [
        Plot(
          "coefficients", "Trained k of LM-ResNet over the layers",
          subtitle: ["bars: median over seeds; lines: from the lowest to the highest seed"],
          layers: [
            .init(
              .bar, of: layers.name, x: .column("block", .ordinal), y: .column("k", title: "k"),
              color: .column("stage", .ordinal)),
            .init(
              .rule(), of: layers.name, x: .column("block", .ordinal),
              y: .column("low", title: "k"),
              y2: .column("high")),
          ], facet: Plot.Facet("network", columns: 1), width: 640)
      ], claims: claims(context, table))
  }

  /// Every used k of every training.
  private func coefficients(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "coefficients", "Trained k of every training", source: source,
      columns: [
        LM.depth, .integer("seed", "seed"), .integer("block", "block"),
        .integer("stage", "stage"), .number("k", "k"),
      ])
    for outcome in context.trials.all {
      let network = try outcome.saved().network
      let found = try TrainedCoefficients().measure(
        DiagnosticContext(outcome.trial.name, network: network))
      let trained = found.tables[0]
      let (blocks, paths, values) = (trained["block"], trained["path"], trained["mean"])
      for (index, isUsed) in trained["is_used"].enumerated() where isUsed == true {
        // "stages.2.steps.4"
        let stage = paths[index].text?.split(separator: ".").dropFirst().first.flatMap { Int($0) }
        try table.append([
          context.trials.value("depth", of: outcome), .integer(Int(outcome.trial.seed)),
          blocks[index], .integer((stage ?? 0) + 1), values[index],
        ])
      }
    }
    return table
  }

  private func claims(_ context: ExperimentContext, _ table: DiagnosticTable) -> [Claim] {
    let ks = table.numbers("k")
    let inside = ks.count { abs($0) < 1 }
    let share = Double(inside) / Double(max(ks.count, 1))
    let last = table.rows.compactMap { $0[3].number }.max()
    var means: [Double] = []
    for outcome in context.trials.all {
      means.append(
        table.rows.filter {
          $0[1] == .integer(Int(outcome.trial.seed)) && $0[3].number == last
            && $0[0].number == context.trials.value("depth", of: outcome).number
        }.compactMap { $0[4].number }.average)
    }
    let lowest = ks.min() ?? .nan
    // Initial values are uniform in [-0.1, 0].
    let count = table.rows.filter { $0[3].number == last }.count / max(context.trials.all.count, 1)
    let deviation = 0.1 / (12.0 * Double(max(count, 1))).squareRoot()
    let hasMoved = (ks.max() ?? 0) - lowest > 0.3
    return [
      context.claim(
        "Most trained k lie inside (-1, 1)", hasMoved ? share >= 0.8 : nil,
        "\(inside) of \(ks.count), from \(lowest.brief) to \((ks.max() ?? .nan).brief); they start in [-0.1, 0]"
      ),
      context.claim(
        "The k of the last stage are negative: the network accelerates at the end",
        // What is within two standard errors of the start may not have been learned.
        abs(means.median + 0.05) > 2 * deviation ? means.allSatisfy { $0 < 0 } : nil,
        "means over the last stage: \(means.map(\.brief).joined(separator: ", ")); at the start -0.05 +- \(deviation.brief)"
      ),
      context.claim(
        "The k at the end are close to -1",
        hasMoved ? (means.min() ?? .nan) < -0.5 : nil,
        "lowest mean over the last stage \((means.min() ?? .nan).brief), lowest k \(lowest.brief)"),
    ]
  }
}
