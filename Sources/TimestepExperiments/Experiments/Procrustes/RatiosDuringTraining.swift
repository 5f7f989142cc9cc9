import TimestepDiagnostics

/// `procrustes/fig3`: the gradient-norm ratio of every block during the training of plain networks, ResNet and
/// ProcResNet.
struct RatiosDuringTraining: Experiment {
  let id = "procrustes/fig3"
  let title = "gradient-norm ratio of every block during training, three networks by depth"
  let source = "\(Procrustes.source), figure 3"
  let assumptions =
    Procrustes.followedAssumptions + [
      "Distances from 1 are |log r|, the median over blocks, then over epochs. The stem counts as a transition of "
        + "ProcResNet, as in the paper; of the others it is left out.",
      "A network does not train where its last test accuracy is below 1.5 times that of a guess.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Procrustes.network, Procrustes.steps],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 2, full: 10)))
    plan.compared = Procrustes.network.name
    for n in scale.choose(smoke: [1], reduced: [2, 6, 9, 18], full: [2, 9, 18]) {
      for architecture in Procrustes.Architecture.allCases {
        plan.add(
          [architecture.value, .integer(n)], Procrustes.followed(scale, architecture, steps: n),
          isOptional: n > 9 && scale == .reduced)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let ratios = try FollowedRatios(context.trials)
    var claims: [Claim] = []
    for n in ratios.depths {
      claims += transitions(context, ratios, n) + plain(context, ratios, n)
    }
    claims += identities(context, ratios)
    let table = try self.table(ratios)
    return ExperimentResult(
      tables: [table, try summary(ratios)],
      plots: [
        Plot(
          table.name, "Gradient-norm ratio of every block during training",
          subtitle: ["one line for each block, mean over the steps of an epoch and over seeds"],
          layers: [
            .init(.rule(dashed: true), of: table.name, y: .datum(1)),
            .init(
              .line(points: true), of: table.name, x: .column("epoch"),
              y: .column("ratio", scale: .log),
              color: .column(
                "kind", domain: BlockRatios.Kind.allCases.map { .text($0.rawValue) }),
              detail: "path"),
          ], facet: Plot.Facet("panel", columns: 3, independentY: true), width: 280, height: 200),
        Plot(
          "distances", "Distance of gradient-norm ratios from 1",
          subtitle: ["median over blocks, epochs and seeds"],
          layers: [
            .init(
              .line(points: true), of: "distances", filter: "datum.kind != 'stem'", x: .column("n"),
              y: .column("distance", scale: .log),
              color: .column("network", domain: Procrustes.networks), dash: .column("kind"))
          ]),
      ], claims: claims)
  }

  /// Every block in every epoch, means over seeds.
  private func table(_ ratios: FollowedRatios) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "ratios", "Gradient-norm ratios by block and epoch", source: source,
      notes: ["Mean, lowest and highest over the steps of an epoch; the first over seeds too."],
      columns: [
        .text("panel", "network and depth"), Procrustes.network, Procrustes.steps,
        .integer("epoch", "epoch"), .integer("block", "block"), .text("path", "place"),
        .text("kind", "kind of block"), .number("ratio", "gradient-norm ratio, after over before"),
        .number("lowest", "lowest ratio"), .number("highest", "highest ratio"),
      ])
    for n in ratios.depths {
      for architecture in Procrustes.Architecture.allCases {
        let mine = ratios.of(architecture, n).map(\.ratios)
        guard let longest = mine.max(by: { $0.epochs.count < $1.epochs.count }) else { continue }
        for (index, epoch) in longest.epochs.enumerated() {
          for (number, block) in longest.blocks.enumerated() {
            let entries = mine.filter { $0.entries.indices.contains(index) }
              .map { $0.entries[index][number] }.filter(\.mean.isFinite)
            try table.append([
              .text(architecture.title(steps: n)),
              architecture.value, .integer(n), .integer(epoch), .integer(number),
              .text(block.path), .text(block.kind.rawValue),
              .number(entries.isEmpty ? nil : entries.map(\.mean).average),
              .number(entries.map(\.lowest).min()), .number(entries.map(\.highest).max()),
            ])
          }
        }
      }
    }
    return table
  }

  /// The distance from 1 of each kind of block by network and depth, median over seeds.
  private func summary(_ ratios: FollowedRatios) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "distances", "Distance of ratios from 1", source: source,
      notes: ["Median of |log r| over blocks, then over epochs, then over seeds."],
      columns: [
        Procrustes.network, Procrustes.steps, .text("kind", "kind of block"),
        .integer("seeds", "seeds"), .number("distance", "|log ratio|"),
        .number("lowest", "lowest over seeds"), .number("highest", "highest over seeds"),
      ])
    for architecture in Procrustes.Architecture.allCases {
      for n in ratios.depths {
        let mine = ratios.of(architecture, n).map(\.ratios)
        for kind in BlockRatios.Kind.allCases {
          let distances = mine.map { $0.distance([kind]) }.filter(\.isFinite)
          guard !distances.isEmpty else { continue }
          try table.append([
            architecture.value, .integer(n), .text(kind.rawValue), .integer(distances.count),
            .number(distances.median), .number(distances.min()), .number(distances.max()),
          ])
        }
      }
    }
    return table
  }
}
