import TimestepDiagnostics

/// `procrustes/fig4`: loss and error of plain networks, ResNet and ProcResNet during training.
struct TrainingCurvesByNetwork: Experiment {
  let id = "procrustes/fig4"
  let title = "loss and error on training and test data over epochs, three networks by depth"
  let source = "\(Procrustes.source), figure 4"
  let assumptions =
    Procrustes.followedAssumptions + [
      "How much a curve fluctuates is the mean absolute change of the test error from epoch to epoch."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan { RatiosDuringTraining().plan(scale) }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "curves", "Loss and error over epochs", source: source,
      notes: [
        "Means over seeds. Of the training part each example counts as it was just before it was learned from."
      ],
      columns: [
        .text("panel", "blocks in each stage"), Procrustes.network, Procrustes.steps,
        .integer("epoch", "epoch"), .text("part", "part"), .integer("seeds", "seeds"),
        .number("loss", "loss"), .number("error", "error", unit: "%"),
      ])
    var changes: [String: Double] = [:]
    for n in context.trials.depths {
      for architecture in Procrustes.Architecture.allCases {
        let all = context.trials.of(architecture, n).map { EpochErrors($0) }
        changes["\(architecture) \(n)"] = all.map(\.fluctuation).filter(\.isFinite).median
        for epoch in Set(all.flatMap(\.epochs)).sorted() {
          for part in ["training", "test"] {
            let isTest = part == "test"
            let values = all.compactMap { it in
              it.epochs.firstIndex(of: epoch).map {
                isTest ? (it.testLoss[$0], it.test[$0]) : (it.trainLoss[$0], it.train[$0])
              }
            }
            try table.append([
              .text("n = \(n)"), architecture.value, .integer(n), .integer(epoch), .text(part),
              .integer(values.count), .number(values.map(\.0).average),
              .number(values.map(\.1).average),
            ])
          }
        }
      }
    }
    func change(_ architecture: Procrustes.Architecture, _ n: Int) -> Double {
      changes["\(architecture) \(n)"] ?? .nan
    }
    let depths = context.trials.depths
    var claims = depths.map { n in
      let (ours, theirs) = (change(.procResNet, n), change(.resNet, n))
      return context.claim(
        "n = \(n): the test error of ProcResNet fluctuates less than that of ResNet",
        ours.isFinite && theirs.isFinite ? ours < theirs : nil,
        "\(ours.brief) % against \(theirs.brief) % from epoch to epoch")
    }
    if let first = depths.first, let last = depths.last, last > first {
      let (before, after) = (change(.procResNet, first), change(.procResNet, last))
      claims.append(
        context.claim(
          "Depth does not make the test error of ProcResNet fluctuate more",
          before.isFinite && after.isFinite ? after <= 1.1 * before : nil,
          "\(before.brief) % at n = \(first), \(after.brief) % at n = \(last)"))
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        plot(table.name, "loss", "Loss over epochs", .log),
        plot(table.name, "error", "Error over epochs", .linear),
      ], claims: claims)
  }

  private func plot(_ table: String, _ column: String, _ title: String, _ scale: Plot.Scale) -> Plot
  {
    Plot(
      "curves-\(column)", title, subtitle: ["means over seeds"],
      layers: [
        .init(
          .line(points: true), of: table, x: .column("epoch"), y: .column(column, scale: scale),
          color: .column("network", domain: Procrustes.networks),
          dash: .column("part", domain: ["test", "training"]))
      ], facet: Plot.Facet("panel", columns: 2), width: 320, height: 240)
  }
}
