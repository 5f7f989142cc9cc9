import Foundation
import TimestepDiagnostics

/// `procrustes/thm1`: how near to the identity the blocks of networks of different depth are that were fitted to one map.
struct NonlinearNetworks: Experiment {
  let id = "procrustes/thm1"
  let title =
    "distance delta of the blocks of fitted networks from the identity, against log(2L) / L"
  let source = "\(Procrustes.source), theorem 1"
  let assumptions = [
    "The theorem says that for a smooth invertible map networks with delta = c log(2L) / L exist, for every L. Here "
      + "networks that begin as the identity are fitted to one such map by Adam, and the largest Jacobian norm of a branch "
      + "is measured at 32 points.",
    "The map is F(x) = Q (x + a tanh(B x)) on 4 coordinates, Q a rotation and a |B| = 0.8; 256 points of the unit ball; "
      + "branches W_2 tanh(W_1 x + b_1) + b_2 of width 16; the rate is 0.02 / sqrt(L), falling to zero over 300 steps (1000 in the full version).",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "fits", "Networks fitted to one smooth map", source: source,
      notes: ["gain: |dE/dx_l| / |dE/dx_{l+1}| of the squared error's gradient"],
      columns: [
        .integer("seed", "seed"), .integer("blocks", "blocks L"),
        .number("delta", "delta = max |dF_l/dx|"), .number("lowest", "lowest gain"),
        .number("highest", "highest gain"), .number("deviation", "largest |gain - 1|"),
        .number("rate", "log(2L) / L"), .number("constant", "implied c"),
        .number("error", "error over that of the identity"),
      ])
    var fit = NearIdentityFit()
    fit.steps = context.scale.choose(smoke: 20, reduced: 300, full: 1000)
    let lengths = context.scale.choose(
      smoke: [2, 8], otherwise: [2, 4, 8, 16, 32, 64])
    for seed in 0..<context.scale.choose(smoke: 1, reduced: 3, full: 5) {
      for blocks in lengths {
        let it = try fit(blocks: blocks, seed: context.seed &+ UInt64(seed))
        let rate = ProcrustesBounds.nonlinearRate(blocks: blocks)
        try table.append([
          .integer(seed), .integer(blocks), .number(it.delta), .number(it.lowest),
          .number(it.highest), .number(max(abs(it.lowest - 1), abs(it.highest - 1))),
          .number(rate), .number(it.delta / rate), .number(it.error),
        ])
      }
    }
    let (x, title) = (Plot.Channel.column("blocks", scale: .log), "delta, and c log(2L) / L")
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Distance of the blocks of fitted networks from the identity",
          subtitle: ["dashed: log(2L) / L; rings: largest |gain - 1| of gradients"],
          layers: [
            .init(
              .line(dashed: true), of: table.name, filter: "datum.seed == 0", x: x,
              y: .column("rate", scale: .log, title: title)),
            .init(
              .line(points: true), of: table.name, x: x,
              y: .column("delta", scale: .log, title: title), color: .column("seed", .nominal)),
            .init(
              .point(filled: false), of: table.name, x: x,
              y: .column("deviation", scale: .log, title: title),
              color: .column("seed", .nominal)),
          ])
      ], claims: claims(context, table, lengths))
  }

  private func claims(_ context: ExperimentContext, _ table: DiagnosticTable, _ lengths: [Int])
    -> [Claim]
  {
    func median(_ column: String, _ blocks: Int) -> Double {
      zip(table.numbers("blocks"), table.numbers(column)).filter { Int($0.0) == blocks }.map(\.1)
        .median
    }
    let constants = lengths.map { median("constant", $0) }
    let deltas = lengths.map { (x: log(Double($0)), y: log(median("delta", $0))) }
    let errors = table.numbers("error")
    let gains = zip(table.numbers("deviation"), table.numbers("delta"))
    let isFitted = (errors.max() ?? .infinity) < 0.2
    return [
      context.claim(
        "Deeper networks represent the map with blocks nearer to the identity, delta at most c log(2L) / L with one c",
        isFitted
          ? deltas.slope < -0.5 && constants.dropFirst().allSatisfy { $0 <= 1.1 * constants[0] }
          : nil,
        "implied c "
          + zip(lengths, constants).map { "\($1.brief) for L = \($0)" }.joined(separator: ", ")
          + "; slope of log delta over log L \(deltas.slope.brief); errors up to \((errors.max() ?? .nan).percent)"
      ),
      context.claim(
        "Gradients change their norm by at most delta in each block",
        gains.allSatisfy { $0 <= $1 * 1.05 },
        "largest |gain - 1| over delta: \((gains.map { $0 / $1 }.max() ?? .nan).brief)"),
    ]
  }
}
