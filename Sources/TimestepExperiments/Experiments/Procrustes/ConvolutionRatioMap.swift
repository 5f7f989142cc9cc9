import Foundation
import TimestepDiagnostics

/// `procrustes/fig2`: the gradient-norm ratio of one convolution with ReLU by its numbers of channels, with and without
/// projection.
struct ConvolutionRatioMap: Experiment {
  let id = "procrustes/fig2"
  let title =
    "gradient-norm ratio of a convolution with ReLU by its channels c and d, projected or not"
  let source = "\(Procrustes.source), figure 2"
  let assumptions = [
    "The network: 1x1 to c channels, 3x3 to d channels, 1x1 to 64 channels, each with ReLU, without norms and biases, "
      + "then global pooling and a linear map. All three kernels are projected, with the target sqrt(2 d / min(c, d)) of "
      + "layers that ReLU follows; the ratio is that of the middle one.",
    "c and d are lost in the text and taken from 2, 4, ..., 128. The ratio is the mean over the steps of the last epoch "
      + "(the tenth; uncertain in the text), averaged over 10 seeds (uncertain).",
    "Weight decay 1e-4, momentum 0.9, learning rate 0.1 without a drop, batches of 128; He's initial weights.",
    Procrustes.normalization,
    "Reduced: CIFAR-10 averaged to 16 x 16, 5000 images, 3 epochs, c and d from 2, 8, 32, one seed.",
  ]

  private static let c = DiagnosticTable.Column.integer("c", "input channels c")
  private static let d = DiagnosticTable.Column.integer("d", "output channels d")
  private static let projection = DiagnosticTable.Column.text("projection", "projection")
  /// The middle convolution.
  private static let place = "stages.0.steps.0"

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Self.c, Self.d, Self.projection],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 1, full: 10)), fewestEpochs: 2)
    let channels = scale.choose(
      smoke: [2, 8], reduced: [2, 8, 32], full: [2, 4, 8, 16, 32, 64, 128])
    for c in channels {
      for d in channels {
        for isProjected in [true, false] {
          plan.add(
            [.integer(c), .integer(d), isProjected ? "on" : "off"],
            Self.options(scale, c, d, isProjected))
        }
      }
    }
    return plan
  }

  private static func options(_ scale: ExperimentScale, _ c: Int, _ d: Int, _ isProjected: Bool)
    -> RunOptions
  {
    var options = RunOptions()
    options.network = "conv-relu-4"
    options.widths = [c, d, 64]
    if !isProjected { options.transition = "norm-preserving:project=no" }
    switch scale {
    case .smoke: options = options.onSmoke(.cifar16, steps: 4)
    case .reduced:
      options = options.on(.cifar16, examples: 5000).trained(epochs: 3, rate: 0.1, dropAt: [])
    case .full:
      options.dataset = "cifar-10"
      options.batchSize = 128
      options.dataNormalization = .measured
      options = options.trained(epochs: 10, rate: 0.1, dropAt: [])
    }
    options.weightDecay = 1e-4
    options.diagnose = ["gradient-ratios"]
    return options
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "ratio-map", "Gradient-norm ratio of the middle convolution with ReLU", source: source,
      notes: [
        "Mean over the steps of the last epoch, then over seeds; empty where no gradient came back."
      ],
      columns: [
        Self.projection, Self.c, Self.d, .integer("seeds", "seeds"),
        .number("ratio", "gradient-norm ratio, after over before"),
        .number("doublings", "log2 of the ratio, cut at 2"), .text("label", "ratio"),
        .number("accuracy", "final test accuracy, mean over seeds", unit: "%"),
      ])
    var distances: [String: [(small: Int, distance: Double)]] = [:]
    let channels = context.trials.values("c")
    for projection in ["on", "off"] {
      for c in channels {
        for d in channels {
          let outcomes = context.trials.at(["c": c, "d": d, "projection": .text(projection)])
          let ratio = try outcomes.compactMap(Self.ratio).average
          try table.append([
            .text("projection \(projection)"), c, d, .integer(outcomes.count),
            .number(ratio.isFinite ? ratio : nil),
            .number(ratio.isFinite ? min(max(log2(ratio), -2), 2) : nil),
            .text(ratio.isFinite ? ratio.brief : "none"),
            .number(100 * outcomes.map(\.finalAccuracy).average),
          ])
          if ratio.isFinite, let c = c.number, let d = d.number {
            distances[projection, default: []].append((Int(min(c, d)), abs(log(ratio))))
          }
        }
      }
    }
    let (x, y) = (Plot.Channel.column("c", .ordinal), Plot.Channel.column("d", .ordinal))
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Gradient-norm ratio of a convolution with ReLU",
          subtitle: ["after over before, mean over the last epoch; colour: log2 of it, 0 is best"],
          layers: [
            .init(
              .rectangle(), of: table.name, x: x, y: y,
              color: .column("doublings", domain: [-2, 2], colorScheme: "blueorange")),
            .init(.label, of: table.name, x: x, y: y, text: .column("label")),
          ], facet: Plot.Facet("projection", columns: 2), width: 280, height: 280)
      ], claims: claims(context, distances))
  }

  /// The mean ratio of the last epoch; nil where no gradient came back.
  private static func ratio(_ outcome: TrialOutcome) throws -> Double? {
    guard let ratios = try BlockRatios(outcome),
      let block = ratios.blocks.firstIndex(where: { $0.path == place }),
      let mean = ratios.entries.last?[block].mean, mean.isFinite
    else { return nil }
    return mean
  }

  private func claims(
    _ context: ExperimentContext, _ distances: [String: [(small: Int, distance: Double)]]
  ) -> [Claim] {
    let (on, off) = (distances["on"] ?? [], distances["off"] ?? [])
    let wide = (
      on: on.filter { $0.small >= 8 }.map(\.distance),
      off: off.filter { $0.small >= 8 }.map(\.distance)
    )
    let least = on.map(\.small).min() ?? 0
    let narrow = on.filter { $0.small == least }.map(\.distance)
    return [
      context.claim(
        "With projection the ratio is nearer to 1 than without, for 8 channels and more",
        wide.on.isEmpty || wide.off.isEmpty ? nil : wide.on.median < wide.off.median,
        "median |log r| \(wide.on.median.brief) with, \(wide.off.median.brief) without"),
      context.claim(
        "With projection only the smallest numbers of channels are far from 1",
        wide.on.isEmpty || narrow.isEmpty ? nil : narrow.median > wide.on.median,
        "median |log r| \(narrow.median.brief) for c or d = \(least), \(wide.on.median.brief) from 8 on"
      ),
    ]
  }
}
