import TimestepDiagnostics

/// `procrustes/table2`: test error of ResNet and ProcResNet, with and without the last activation of each block.
struct ErrorTable: Experiment {
  let id = "procrustes/table2"
  let title = "test error of ResNet and ProcResNet, pre-activation and EraseReLU, with exact sizes"
  let source = "\(Procrustes.source), table 2"
  let assumptions =
    Procrustes.classifyingAssumptions + [
      "Reduced: n = 2 and 6, 8000 images, 6 epochs; CIFAR-10 alone.",
      "EraseReLU drops the activation before the last convolution of a bottleneck and keeps its norm.",
      "The published rows of ResNet are quoted by the paper from the original ones.",
    ]

  private static let axes: [DiagnosticTable.Column] = [
    .text("dataset", "data set"), Procrustes.network, Procrustes.steps, .text("block", "block"),
  ]
  /// Whether the last activation is erased, by the name of the block.
  private static let blocks = [("pre-activation", false), ("EraseReLU", true)]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: Self.axes, seeds: Array(0..<scale.choose(smoke: 1, reduced: 2, full: 5)))
    for dataset in scale.choose(
      smoke: ["CIFAR-10"], reduced: ["CIFAR-10"], full: ["CIFAR-10", "CIFAR-100"])
    {
      for n in scale.choose(smoke: [1], reduced: [2, 6], full: [18, 111]) {
        for architecture in Procrustes.residual {
          for (block, isErased) in Self.blocks {
            var options = Procrustes.classifying(
              scale, architecture, steps: n, examples: 8000, dataset: dataset.lowercased())
            if isErased { options.field = "bottleneck:erased=yes" }
            plan.add(
              [.text(dataset), architecture.value, .integer(n), .text(block)], options)
          }
        }
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "errors", "Test error", source: source,
      column: .number("error", "lowest test error", unit: "%")
    ) { $0.lowestTestError }
    let sizes = try sizes(context)
    return ExperimentResult(
      tables: [table, sizes],
      plots: [
        Plot(
          "errors", "Test error of ResNet and ProcResNet",
          subtitle: ["median over seeds, and one standard deviation"],
          layers: [
            .init(
              .rule(), of: table.name, x: .column("n", .ordinal),
              y: .column("low", title: "lowest test error (%)"), y2: .column("high")),
            .init(
              .point(), of: table.name, x: .column("n", .ordinal), y: .column("error"),
              color: .column("network", domain: Procrustes.networks), shape: .column("block")),
          ], facet: Plot.Facet("dataset", columns: 2), width: 320)
      ], claims: claims(context), published: published(context))
  }

  /// The learned numbers of the paper's networks.
  private func sizes(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "sizes", "Learned numbers of the full networks", source: source,
      notes: ["EraseReLU has none of its own: the norms are kept."],
      columns: [
        .text("name", "network"), Procrustes.network, Procrustes.steps,
        .integer("classes", "classes"), .integer("parameters", "parameters"),
        .number("millions", "published, of CIFAR-10", unit: "millions"),
      ])
    let published: [Procrustes.Architecture: [Int: Double]] = [
      .resNet: [18: 1.71, 111: 10.32], .procResNet: [18: 1.72, 111: 10.33],
    ]
    for n in context.scale == .smoke ? [2, 18] : [2, 9, 18, 111] {
      for architecture in Procrustes.residual {
        for classes in context.scale == .smoke ? [10] : [10, 100] {
          try table.append([
            .text(architecture.title(steps: n)), architecture.value,
            .integer(n), .integer(classes),
            .integer(try Procrustes.parameters(architecture, steps: n, classes: classes)),
            .number(classes == 10 ? published[architecture]?[n] : nil),
          ])
        }
      }
    }
    return table
  }

  /// The errors of a place, one for each seed, in percent.
  private func errors(
    _ context: ExperimentContext, _ dataset: TableValue, _ architecture: Procrustes.Architecture,
    _ n: Int, _ block: String
  ) -> [Double] {
    context.trials.at([
      "dataset": dataset, "network": architecture.value, "n": .integer(n), "block": .text(block),
    ]).map(\.lowestTestError)
  }

  private func claims(_ context: ExperimentContext) -> [Claim] {
    context.trials.values("dataset").flatMap { dataset in
      context.trials.depths.flatMap { n in
        Self.blocks.map { block, _ in
          let ours = errors(context, dataset, .procResNet, n, block)
          let theirs = errors(context, dataset, .resNet, n, block)
          let gain = Comparison(theirs, ours)
          return context.claim(
            "\(dataset), n = \(n), \(block): the error of ProcResNet is lower than that of ResNet",
            gain.isGreater(),
            "\(ours.median.brief) % against \(theirs.median.brief) %, both deviations over seeds \(gain.noise.brief) %"
          )
        }
      }
    }
  }

  private func published(_ context: ExperimentContext) -> [PublishedNumber] {
    let rows: [(Procrustes.Architecture, String, Int, Double, Double)] = [
      (.resNet, "pre-activation", 18, 5.46, 24.33), (.resNet, "pre-activation", 111, 4.62, 22.71),
      (.resNet, "EraseReLU", 18, 4.65, 22.41), (.resNet, "EraseReLU", 111, 4.10, 20.63),
      (.procResNet, "pre-activation", 18, 4.75, 22.61),
      (.procResNet, "pre-activation", 111, 3.72, 19.99),
      (.procResNet, "EraseReLU", 18, 4.53, 21.91), (.procResNet, "EraseReLU", 111, 3.42, 18.12),
    ]
    return rows.flatMap { architecture, block, n, ten, hundred in
      [("CIFAR-10", ten), ("CIFAR-100", hundred)].map { dataset, error in
        PublishedNumber(
          "test error, \(architecture.title(steps: n)), \(block), \(dataset)",
          unit: "%", published: error,
          ours: errors(context, .text(dataset), architecture, n, block))
      }
    }
  }
}
