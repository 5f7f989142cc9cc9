import Foundation
import TimestepDiagnostics

/// `procrustes/thm2`: how near to the identity the blocks of linear networks can be.
struct LinearNetworks: Experiment {
  let id = "procrustes/thm2"
  let title = "distance delta of the blocks of linear networks from the identity, against c / L"
  let source = "\(Procrustes.source), theorem 2"
  let assumptions = [
    "R is random, 32 x 32, with log-uniform singular values between 1/3 and 3 and positive determinant.",
    "Its blocks are the roots of its rotation and of its stretch, as in the proof by Hardt and Ma (2017); both numbers of "
      + "blocks are chosen so that the two kinds are equally far from the identity.",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "linear-networks", "Linear networks that represent one map", source: source,
      notes: ["gain: |dE/dx_l| / |dE/dx_{l+1}| of 64 random gradients through all blocks"],
      columns: [
        .integer("seed", "seed"), .integer("blocks", "blocks L"),
        .number("delta", "delta = max |W_l|"), .number("deviation", "largest |gain - 1|"),
        .number("bound", "c / L"), .number("gamma", "gamma"), .flag("applies", "L >= 3 gamma"),
        .number("error", "|product - R| / |R|"),
      ])
    let lengths = context.scale.choose(
      smoke: [4, 16], otherwise: [4, 8, 16, 32, 64, 128, 256])
    var slopes: [Double] = []
    for seed in 0..<context.scale.choose(smoke: 1, otherwise: 5) {
      let seed = context.seed &+ UInt64(seed)
      let map = try LinearRepresentation.random(size: 32, stretch: 3, seed: seed)
      let representation = try LinearRepresentation(of: map)
      var points: [(x: Double, y: Double)] = []
      for blocks in lengths {
        let it = try representation.measured(blocks: blocks, seed: seed)
        let theorem = ProcrustesBounds.Linear(
          largest: representation.largest, smallest: representation.smallest, blocks: blocks)
        try table.append([
          .integer(Int(seed)), .integer(blocks), .number(it.delta), .number(it.deviation),
          .number(theorem.delta), .number(theorem.gamma), .flag(theorem.applies),
          .number(it.error),
        ])
        // Few blocks stretch much each: e^x - 1 is not yet x.
        if blocks >= 16 { points.append((log(Double(blocks)), log(it.delta))) }
      }
      slopes.append(points.slope)
    }
    let (x, title) = (Plot.Channel.column("blocks", scale: .log), "delta, and c / L")
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Distance of the blocks of linear networks from the identity",
          subtitle: ["dashed: c / L of theorem 2; rings: largest |gain - 1| of gradients"],
          layers: [
            .init(
              .line(dashed: true), of: table.name, x: x,
              y: .column("bound", scale: .log, title: title), detail: "seed"),
            .init(
              .line(points: true), of: table.name, x: x,
              y: .column("delta", scale: .log, title: title),
              color: .column("seed", .nominal)),
            .init(
              .point(filled: false), of: table.name, x: x,
              y: .column("deviation", scale: .log, title: title),
              color: .column("seed", .nominal)),
          ])
      ], claims: claims(table, slopes))
  }

  private func claims(_ table: DiagnosticTable, _ slopes: [Double]) -> [Claim] {
    let error = table.numbers("error").max() ?? .nan
    let rows = zip(zip(table.numbers("delta"), table.numbers("bound")), table["applies"])
      .filter { $0.1 == .flag(true) }.map(\.0)
    let share = rows.map { $0 / $1 }
    let gains = zip(table.numbers("deviation"), table.numbers("delta"))
    return [
      Claim(
        "There is a representation of the map with delta at most c / L for L >= 3 gamma",
        !rows.isEmpty && error < 1e-9 && share.allSatisfy { $0 <= 1 },
        "\(rows.count) networks, delta \((share.min() ?? .nan).brief) to \((share.max() ?? .nan).brief) of the bound; "
          + "their products are R up to \(error.brief)"),
      Claim(
        "Delta falls as 1 / L",
        slopes.allSatisfy(\.isFinite) ? slopes.allSatisfy { abs($0 + 1) < 0.1 } : nil,
        "slopes of log delta over log L from L = 16 on: "
          + slopes.map(\.brief).joined(separator: ", ")),
      Claim(
        "Gradients change their norm by at most delta in each block",
        gains.allSatisfy { $0 <= $1 * (1 + 1e-9) },
        "largest |gain - 1| over delta: \((gains.map { $0 / $1 }.max() ?? .nan).brief)"),
    ]
  }
}

extension [(x: Double, y: Double)] {
  /// The slope of the line with the least squares; NaN for less than two points.
  var slope: Double {
    let (meanX, meanY) = (map(\.x).average, map(\.y).average)
    return map { ($0.x - meanX) * ($0.y - meanY) }.average
      / map { ($0.x - meanX) * ($0.x - meanX) }.average
  }
}
