import TimestepDiagnostics

/// `procrustes/init-vs-training`: the range of the gradient-norm ratios with the initial weights and during training.
struct InitialRatios: Experiment {
  let id = "procrustes/init-vs-training"
  let title = "range of gradient-norm ratios, initial weights against training"
  let source = "\(Procrustes.source), section 4"
  let assumptions =
    Procrustes.followedAssumptions + [
      "Epoch 0 is the first step, with He's initial weights; the stem is left out."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan { RatiosDuringTraining().plan(scale) }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let ratios = try FollowedRatios(context.trials)
    var table = DiagnosticTable(
      "ranges", "Largest over smallest gradient-norm ratio of all blocks", source: source,
      notes: ["Of the means over the steps of an epoch; epoch 0: the first step."],
      columns: [
        .text("panel", "blocks in each stage"), Procrustes.network, Procrustes.steps,
        .integer("seed", "seed"), .integer("epoch", "epoch"),
        .number("range", "largest ratio over smallest"),
        .number("distance", "median of |log ratio| over identity blocks"),
      ])
    var claims: [Claim] = []
    for n in ratios.depths {
      for architecture in Procrustes.Architecture.allCases {
        for (seed, it) in ratios.of(architecture, n) {
          try table.append([
            .text("n = \(n)"), architecture.value, .integer(n), .integer(Int(seed)), 0,
            .number(it.firstRange), .missing,
          ])
          for (index, epoch) in it.epochs.enumerated() {
            try table.append([
              .text("n = \(n)"), architecture.value, .integer(n), .integer(Int(seed)),
              .integer(epoch), .number(it.range(epoch: index)),
              .number(it.distance([.identity], epoch: index)),
            ])
          }
        }
      }
      if n >= 6 || context.scale == .smoke { claims += self.claims(context, ratios, n) }
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Range of gradient-norm ratios, initial weights and training",
          subtitle: ["largest over smallest of all blocks but the stem; one line for each seed"],
          layers: [
            .init(
              .line(points: true), of: table.name, x: .column("epoch"),
              y: .column("range", scale: .log),
              color: .column("network", domain: Procrustes.networks), detail: "seed")
          ], facet: Plot.Facet("panel", columns: 2), width: 320, height: 240)
      ], claims: claims)
  }

  private func claims(_ context: ExperimentContext, _ ratios: FollowedRatios, _ n: Int) -> [Claim] {
    func pairs(_ architecture: Procrustes.Architecture) -> [(first: Double, last: Double)] {
      ratios.of(architecture, n).map {
        ($0.ratios.firstRange, $0.ratios.range(epoch: $0.ratios.entries.count - 1))
      }.filter { $0.0.isFinite && $0.1.isFinite }
    }
    func text(_ pairs: [(first: Double, last: Double)]) -> String {
      pairs.map { "\($0.first.brief) to \($0.last.brief)" }.joined(separator: ", ")
    }
    let (plain, resNet) = (pairs(.plain), pairs(.resNet))
    return [
      context.claim(
        "n = \(n): careful initial weights do not keep the plain network's ratios together: their range grows in training",
        plain.isEmpty ? nil : plain.allSatisfy { $0.last > $0.first }, text(plain)),
      context.claim(
        "n = \(n): at the end of training the ratios of ResNet are closer together than those of the plain network",
        plain.isEmpty || resNet.isEmpty
          ? nil : resNet.map(\.last).max() ?? .nan < plain.map(\.last).min() ?? .nan,
        "ResNet \(text(resNet)); plain \(text(plain))"),
    ]
  }
}
