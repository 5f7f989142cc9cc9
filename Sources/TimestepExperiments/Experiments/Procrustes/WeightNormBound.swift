import TimestepDiagnostics
import TimestepLayers

/// `procrustes/cor1`: the gain of gradients through a two-layer block against the product of its weights' norms.
struct WeightNormBound: Experiment {
  let id = "procrustes/cor1"
  let title = "gain of gradients through two-layer blocks against 1 -+ |W_1| |W_2|"
  let source = "\(Procrustes.source), corollary 1"
  let assumptions = [
    "Blocks x + W_2 a(W_1 a(x)) on 32 coordinates with normal weights of deviation scale / sqrt(32), at 256 normal states "
      + "with a normal gradient each; a is ReLU or tanh, whose slopes are at most 1."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "gains", "Gains of gradients through random blocks", source: source,
      notes: ["gain: |dE/dx_l| / |dE/dx_{l+1}|, 1 over the gradient-norm ratio"],
      columns: [
        .text("activation", "activation"), .number("scale", "scale of the weights"),
        .integer("seed", "seed"), .number("delta", "delta = |W_1| |W_2|"),
        .number("lowest", "lowest gain"), .number("highest", "highest gain"),
        .number("deviation", "largest |gain - 1|"), .flag("holds", "within 1 -+ delta"),
      ])
    let scales = context.scale.choose(
      smoke: [0.03, 0.3], otherwise: [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1])
    for activation in [Activation.relu, .tanh] {
      for scale in scales {
        for seed in 0..<5 {
          let it = try RandomBlocks.twoLayers(
            activation, size: 32, scale: scale, examples: 256, seed: context.seed &+ UInt64(seed))
          let deviation = max(abs(it.lowest - 1), abs(it.highest - 1))
          try table.append([
            .text(activation.rawValue), .number(scale), .integer(seed), .number(it.delta),
            .number(it.lowest), .number(it.highest), .number(deviation),
            .flag(deviation <= it.delta * (1 + 1e-9)),
          ])
        }
      }
    }
    let holds = table["holds"].filter { $0 == .flag(true) }.count
    let share = zip(table.numbers("deviation"), table.numbers("delta")).map { $0 / $1 }
    let x = Plot.Channel.column("delta", scale: .log)
    let title = "largest |gain - 1|"
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Gains of gradients through two-layer blocks",
          subtitle: ["dashed: the bound delta of corollary 1"],
          layers: [
            .init(
              .line(dashed: true), of: table.name, x: x,
              y: .column("delta", scale: .log, title: title)),
            .init(
              .point(), of: table.name, x: x, y: .column("deviation", scale: .log, title: title),
              color: .column("activation")),
          ])
      ],
      claims: [
        Claim(
          "The gradient's norm changes by at most the product of the weights' norms",
          holds == table.rows.count,
          "\(holds) of \(table.rows.count) blocks; the change is \((share.min() ?? .nan).brief) to "
            + "\((share.max() ?? .nan).brief) of the bound"),
        Claim(
          "Smaller weights bring the ratio nearer to 1, so that weight decay preserves norms",
          Self.falls(table), Self.evidence(table)),
      ])
  }

  /// The median deviation at each scale, smallest scale first.
  private static func medians(_ table: DiagnosticTable) -> [(scale: Double, deviation: Double)] {
    let rows = Array(zip(table.numbers("scale"), table.numbers("deviation")))
    return Set(rows.map(\.0)).sorted().map { scale in
      (scale, rows.filter { $0.0 == scale }.map(\.1).median)
    }
  }

  private static func falls(_ table: DiagnosticTable) -> Bool {
    let medians = medians(table).map(\.deviation)
    return zip(medians, medians.dropFirst()).allSatisfy { $0 < $1 }
  }

  private static func evidence(_ table: DiagnosticTable) -> String {
    let medians = medians(table)
    guard let first = medians.first, let last = medians.last else { return "" }
    return
      "|gain - 1| \(first.deviation.brief) at scale \(first.scale), \(last.deviation.brief) at \(last.scale)"
  }
}
