import Foundation
import TimestepDiagnostics
import TimestepTorch

/// `robust/prop1`: the growth of gradients against the product bound and Proposition 1, on linear blocks and in a
/// trained network.
struct BackwardBound: Experiment {
  let id = "robust/prop1"
  let title = "growth of gradients against Proposition 1"
  let source = "\(Robust.source), Proposition 1"
  let assumptions = [
    "Linear blocks of width 32 whose matrices have norm 0.05: random ones, and aligned ones that reach the product bound.",
    "Trained networks: ResNet-20 as in robust/fig3 with the first of its seeds (full: all five, pictures of the first), 8 "
      + "training examples, norms as constants in evaluation; Proposition 1 takes neither ReLU after a block nor blocks that change the shape into account.",
  ]

  private let norm = 0.05

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    Robust.trainedPlan(scale)
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var gains = DiagnosticTable(
      "gain", "Growth of gradients through linear blocks", source: source,
      notes: ["Every matrix has norm \(norm)."],
      columns: [
        .text("panel", "blocks"), .text("kind", "matrices"), Robust.depth, Robust.h,
        .number("largest", "largest growth of a gradient"),
        .number("random", "growth of a random gradient"), .number("product", "(1 + h W)^D"),
        .number("paper", "1 - h + h (1 + W)^D"),
      ])
    let width = context.scale == .smoke ? 8 : 32
    for kind in ModelBlocks.Kind.allCases {
      for depth in context.scale.choose(
        smoke: [20], otherwise: [20, 50, 100, 200])
      {
        let blocks = try ModelBlocks(
          kind, width: width, depth: depth, norm: norm, seed: context.seed)
        let gradient = try ModelBlocks.vector(width, Generator(seed: context.seed &+ 1))
        for h in [0, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5] {
          try gains.append([
            .text("\(kind.rawValue), D = \(depth)"), .text(kind.rawValue), .integer(depth),
            .number(h), .number(try blocks.largestGain(h: h)),
            .number(try blocks.gain(of: gradient, h: h)), .number(pow(1 + h * norm, Double(depth))),
            .number(BackwardGain.paperBound(h: h, norm: norm, blocks: depth)),
          ])
        }
      }
    }
    let trained = try trainedTable(context)
    let first = "datum.seed == \(trained["seed"].first ?? .integer(0))"
    return ExperimentResult(
      tables: [gains, trained],
      plots: [
        Plot(
          "gain", "Growth of gradients through linear blocks",
          subtitle: ["D blocks whose matrices have norm W = \(norm)"],
          layers: [
            line(gains.name, "h", "largest", "measured"),
            line(gains.name, "h", "product", "product bound"),
            line(gains.name, "h", "paper", "Proposition 1"),
          ],
          facet: .init("panel", columns: context.scale == .smoke ? 2 : 4, independentY: true),
          width: 220, height: 200),
        Plot(
          "trained-gain", "Growth of gradients in trained networks",
          subtitle: ["from the end of each stage back to the state before the block"],
          layers: [
            line(trained.name, "block", "gain", "measured", filter: first),
            line(trained.name, "block", "product", "product bound", filter: first),
            line(trained.name, "block", "paper", "Proposition 1", filter: first),
          ], facet: .init("panel", columns: 3, independentX: true, independentY: true), width: 240,
          height: 200),
      ], claims: claims(context, gains, trained))
  }

  private func line(
    _ table: String, _ x: String, _ y: String, _ label: JSONValue, filter: String? = nil
  ) -> Plot.Layer {
    .init(
      .line(points: y == "largest" || y == "gain", dashed: y == "paper"), of: table,
      filter: filter, x: .column(x), y: .column(y, scale: .log, title: "growth from the end back"),
      color: .datum(label))
  }

  /// What `backward-gain` finds in the trained networks.
  private func trainedTable(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table: DiagnosticTable?
    for outcome in context.trials.all where !outcome.hasDiverged {
      let h = context.trials.value("h", of: outcome)
      let found = try BackwardGain()(outcome.saved().diagnosticContext(seed: context.seed))
      guard let gains = found.tables.first else { continue }
      var all =
        table
        ?? DiagnosticTable(
          "trained-gain", "Growth of gradients in trained networks", source: source,
          notes: gains.notes,
          columns: [.text("panel", "stage"), .integer("seed", "seed")] + gains.columns)
      for (row, stage) in zip(gains.rows, gains["stage"]) {
        try all.append(
          [.text("h = \(h.brief), \(stage)"), .integer(Int(outcome.trial.seed))] + row)
      }
      table = all
    }
    guard let table else {
      throw DiagnosticError(.badData, id, "every training became no number")
    }
    return table
  }

  private func claims(
    _ context: ExperimentContext, _ gains: DiagnosticTable, _ trained: DiagnosticTable
  ) -> [Claim] {
    let (sizes, largest) = (gains.numbers("h"), gains.numbers("largest"))
    let (product, paper) = (gains.numbers("product"), gains.numbers("paper"))
    let inside = sizes.indices.filter { sizes[$0] <= 1 }
    let beyond = sizes.indices.filter { sizes[$0] > 1 }
    let share = zip(largest, product).map { $0 / $1 }.max() ?? .nan
    let paperShare = inside.map { largest[$0] / paper[$0] }.max() ?? .nan
    let excess = beyond.map { largest[$0] / paper[$0] }.max() ?? .nan
    let trainedShare =
      zip(trained.numbers("gain"), trained.numbers("product")).map { $0 / $1 }
      .filter { !$0.isNaN }.max() ?? .nan
    let tolerance = 1 + 1e-9
    return [
      Claim(
        "Gradients grow at most by (1 + h W)^D, for every h", share <= tolerance,
        "largest ratio of measured growth to bound \(share.brief)"),
      Claim(
        "Proposition 1 holds for 0 <= h <= 1, where it is the weaker bound",
        paperShare <= tolerance && inside.allSatisfy { product[$0] <= paper[$0] * tolerance },
        "largest ratio of measured growth to bound \(paperShare.brief)"),
      Claim(
        "Proposition 1 does not hold for h > 1", excess > 1,
        "aligned blocks grow up to \(excess.brief) times its bound"),
      context.claim(
        "Gradients of trained networks stay below the product bound", trainedShare <= 1 + 1e-3,
        "largest ratio of measured growth to bound \(trainedShare.brief)"),
    ]
  }
}

extension Robust {
  /// Shallow trained networks with both step sizes, as in `robust/fig3`.
  static func trainedPlan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [depth, h], seeds: seeds(scale, reduced: 1))
    let depth = scale == .smoke ? 8 : 20
    for h in [1, 0.1] {
      plan.add([.integer(depth), .number(h)], images(scale, depth: depth, h: h))
    }
    return plan
  }
}
