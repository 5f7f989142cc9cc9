import TimestepDiagnostics

/// `robust/fig2`, `fig10`, `fig11`: norms of the gradient and of the weight of layers in every iteration, for h = 1 and
/// h = 0.1.
struct NormsDuringTraining: Experiment {
  let id: String
  let title: String
  let source: String
  /// The depth of the network but for smoke.
  let depth: Int
  /// Whether only layer 2 is shown.
  let showsSecondLayerOnly: Bool
  /// How many times larger gradient and weight have to be with h = 1.
  let factors: (gradient: Double, weight: Double)

  static let secondLayer = NormsDuringTraining(
    id: "robust/fig2", title: "gradient and weight of layer 2 during training, depth 218",
    source: "\(Robust.source), figure 2", depth: 218, showsSecondLayerOnly: true, factors: (5, 10))
  static let deepest = NormsDuringTraining(
    id: "robust/fig10", title: "gradients and weights of several layers during training, depth 218",
    source: "\(Robust.source), figure 10", depth: 218, showsSecondLayerOnly: false,
    factors: (5, 10))
  static let deep = NormsDuringTraining(
    id: "robust/fig11", title: "gradients and weights of several layers during training, depth 110",
    source: "\(Robust.source), figure 11", depth: 110, showsSecondLayerOnly: false, factors: (3, 5))

  var assumptions: [String] {
    Robust.smallAssumptions + [
      "Layers are counted from the input, the stem's convolution being 1; shown are 2, those at a quarter, a half and "
        + "three quarters of the depth, and the last before the linear map. Norms are Frobenius norms of the whole tensor.",
      "\"Early\" is the first 40 iterations, \"late\" the last 40; means, not medians: with h = 1 the excess is a burst.",
    ]
  }

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.depth, Robust.h], seeds: Robust.seeds(scale, reduced: 2), fewestEpochs: 1)
    let depth = scale == .smoke ? 14 : depth
    for h in [1, 0.1] {
      plan.add([.integer(depth), .number(h)], Robust.images(scale, depth: depth, h: h))
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var norms = DiagnosticTable(
      "norms", "Norms during training", source: source,
      notes: ["The gradient as the optimiser was given it; the weight after the step."],
      columns: [
        Robust.h, .integer("seed", "seed"), .integer("layer", "layer"), .text("label", "layer"),
        .integer("step", "iteration"), .number("gradient", "norm of the gradient"),
        .number("weight", "norm of the weight"),
      ])
    var means = DiagnosticTable(
      "norm-means", "Means of norms over iterations", source: source,
      columns: [
        Robust.h, .integer("seed", "seed"), .integer("layer", "layer"), .text("path", "place"),
        .number("first10", "gradient, first 10"), .number("early", "gradient, first 40"),
        .number("late", "gradient, last 40"), .number("weight", "weight, all iterations"),
        .number("final", "weight, last iteration"),
      ])
    for outcome in context.trials.all {
      let place = [context.trials.value("h", of: outcome), .integer(Int(outcome.trial.seed))]
      for series in try LayerNormSeries.all(of: outcome)
      where series.layer == 2 || !showsSecondLayerOnly {
        for row in series.drawnRows {
          try norms.append(
            place + [
              .integer(series.layer), .text(series.label), .integer(Int(series.steps[row])),
              .number(series.gradients[row]), .number(series.weights[row]),
            ])
        }
        let gradients = series.gradients
        try means.append(
          place + [
            .integer(series.layer), .text(series.path), .number(gradients.prefix(10).average),
            .number(gradients.prefix(40).average), .number(gradients.suffix(40).average),
            .number(series.weights.average), .number(series.weights.last),
          ])
      }
    }
    func plot(_ column: String, _ title: String) -> Plot {
      Plot(
        "norms-\(column)", title, subtitle: ["a line for each seed"],
        layers: [
          .init(
            .line(), of: norms.name, x: .column("step"), y: .column(column, scale: .log),
            color: Robust.color, detail: "seed")
        ],
        facet: showsSecondLayerOnly ? nil : .init("label", columns: 3, independentY: true),
        width: showsSecondLayerOnly ? 560 : 300, height: showsSecondLayerOnly ? 340 : 220)
    }
    let layer = showsSecondLayerOnly ? " of layer 2" : ""
    return ExperimentResult(
      tables: [norms, means],
      plots: [
        plot("gradient", "Gradient\(layer) during training"),
        plot("weight", "Weight\(layer) during training"),
      ], claims: claims(context, means), published: published(means))
  }

  /// Pairs of a column of means, seed by seed, for a layer: with h = 1 and with h = 0.1.
  private func ratios(_ column: String, layer: Int, _ means: DiagnosticTable) -> [Double] {
    func values(_ h: Double) -> [Double] {
      zip(zip(means.numbers("h"), means.numbers("layer")), means.numbers(column))
        .filter { $0.0.0 == h && $0.0.1 == Double(layer) }.map(\.1)
    }
    let pairs = zip(values(1), values(0.1)).map { $0 / $1 }
    return pairs.isEmpty ? [.nan] : pairs
  }

  private func claims(_ context: ExperimentContext, _ means: DiagnosticTable) -> [Claim] {
    func text(_ ratios: [Double]) -> String {
      "h = 1 to h = 0.1: " + ratios.map { "\($0.brief)" }.joined(separator: ", ")
    }
    let early = ratios("early", layer: 2, means)
    let weights = ratios("weight", layer: 2, means)
    let ends = ratios("final", layer: 2, means)
    var claims = [
      context.claim(
        "Early in training the gradient of layer 2 is much larger with h = 1 (more than \(Int(factors.gradient)) times)",
        early.allSatisfy { $0 > factors.gradient }, text(early)),
      context.claim(
        "The weight of layer 2 becomes much larger with h = 1 (more than \(Int(factors.weight)) times)",
        (weights + ends).allSatisfy { $0 > factors.weight },
        "mean over iterations, \(text(weights)); last iteration, \(text(ends))"),
    ]
    guard !showsSecondLayerOnly, let last = means.numbers("layer").max() else { return claims }
    let lastEarly = ratios("early", layer: Int(last), means)
    let lastLate = ratios("late", layer: Int(last), means)
    claims += [
      context.claim(
        "Early, the excess with h = 1 is larger in layer 2 than in the last layer",
        zip(early, lastEarly).allSatisfy { $0 > $1 },
        "layer 2, \(text(early)); layer \(Int(last)), \(text(lastEarly))"),
      context.claim(
        "Late in training the gradient of the last layer is larger with h = 1",
        lastLate.allSatisfy { $0 > 1 }, text(lastLate)),
    ]
    return claims
  }

  /// Section 4.1: the weight of layer 2 averaged over all iterations, for two seeds.
  private func published(_ means: DiagnosticTable) -> [PublishedNumber] {
    guard showsSecondLayerOnly else { return [] }
    let numbers: [(h: Double, values: [Double])] = [(1, [51.12, 105.63]), (0.1, [4.54, 4.10])]
    return numbers.flatMap { h, values in
      let ours = means.rows.indices.filter { means.numbers("h")[$0] == h }
        .map { means.numbers("weight")[$0] }
      return zip(values, ["first", "second"]).enumerated().map { index, number in
        PublishedNumber(
          "mean norm of the weight of layer 2, h = \(h.brief), \(number.1) seed",
          published: number.0, ours: ours.indices.contains(index) ? [ours[index]] : [])
      }
    }
  }
}
