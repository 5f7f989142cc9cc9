import TimestepDiagnostics
import TimestepLayers
import TimestepTorch

/// `robust/prop2`: the growth of a perturbation against equation 11 and Proposition 2, through model blocks and through
/// trained networks.
struct ForwardBound: Experiment {
  let id = "robust/prop2"
  let title = "growth of a perturbation against Proposition 2"
  let source = "\(Robust.source), Proposition 2"
  let assumptions = [
    "Blocks of width 32 whose matrices have norm 0.05, linear and with tanh: random ones, and aligned ones; a unit vector "
      + "as the start.",
    "Trained networks: ResNet-20 as in robust/fig3 with the first of its seeds (full: all five, pictures of the first); eps "
      + "is a share of the input's length.",
    "W of Proposition 2 is the largest change of the field that is measured, not the W of Proposition 1.",
  ]

  private let norm = 0.05
  private let levels = [1e-3, 1e-2, 0.1, 1]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan { Robust.trainedPlan(scale) }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let errors = try modelTable(context)
    let trained = try trainedTable(context)
    let first = "datum.seed == \(trained["seed"].first ?? .integer(0))"
    return ExperimentResult(
      tables: [errors, trained],
      plots: [
        Plot(
          "errors", "Growth of a perturbation through D blocks against h",
          subtitle: ["eps = 0.1, matrices of norm \(norm)"],
          layers: [
            line(errors.name, "h", "growth", "measured", filter: "datum.eps == 0.1"),
            line(errors.name, "h", "telescoped", "equation 11", filter: "datum.eps == 0.1"),
            line(errors.name, "h", "paper", "Proposition 2", filter: "datum.eps == 0.1"),
          ], facet: .init("panel", columns: 4, independentY: true), width: 220, height: 200),
        Plot(
          "trained-errors", "Growth of a perturbation through trained networks",
          subtitle: ["bounds begin again after every transition"],
          layers: [
            line(trained.name, "block", "difference", "measured", filter: first),
            line(trained.name, "block", "telescoped", "equation 11", filter: first),
            line(trained.name, "block", "paper", "Proposition 2", filter: first),
          ], facet: .init("panel", columns: 4, independentY: true), width: 220, height: 200),
      ], claims: claims(context, errors, trained))
  }

  private func line(
    _ table: String, _ x: String, _ y: String, _ label: JSONValue, filter: String? = nil
  ) -> Plot.Layer {
    .init(
      .line(points: label == "measured", dashed: y == "paper"), of: table, filter: filter,
      x: .column(x),
      y: .column(
        y, scale: .log, title: x == "h" ? "growth of the perturbation" : "change of the state"),
      color: .datum(label))
  }

  /// Model blocks over kinds, depths, step sizes and perturbations.
  private func modelTable(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "errors", "Growth of a perturbation through model blocks", source: source,
      notes: ["Bounds are over eps too."],
      columns: [
        .text("panel", "blocks"), .text("kind", "matrices"), .text("activation", "function"),
        Robust.depth, Robust.h, .number("eps", "eps"), .number("error", "eps_D"),
        .number("growth", "eps_D / eps"), .number("telescoped", "bound of equation 11 / eps"),
        .number("paper", "bound of Proposition 2 / eps"),
      ])
    let width = context.scale == .smoke ? 8 : 32
    let generator = try Generator(seed: context.seed &+ 1)
    let start = try ModelBlocks.vector(width, generator)
    let direction = try ModelBlocks.vector(width, generator)
    for kind in ModelBlocks.Kind.allCases {
      for activation in [Activation.identity, .tanh] {
        for depth in context.scale.choose(smoke: [20], reduced: [20, 200], full: [20, 100, 200]) {
          let blocks = try ModelBlocks(
            kind, width: width, depth: depth, norm: norm, activation: activation,
            seed: context.seed)
          for h in [0, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5] {
            for eps in levels {
              let found = try blocks.errors(of: direction * eps, at: start, h: h)
              let largest = found.fields.max() ?? 0
              let end = found.states.last ?? eps
              let name = activation == .identity ? "linear" : activation.rawValue
              try table.append([
                .text("\(kind.rawValue), \(name), D = \(depth)"), .text(kind.rawValue),
                .text(name), .integer(depth), .number(h), .number(eps), .number(end),
                .number(end / eps), .number(1 + h * found.fields.reduce(0, +) / eps),
                .number(1 + h * Double(depth) * largest / eps),
              ])
            }
          }
        }
      }
    }
    return table
  }

  /// What `perturbation` finds in the trained networks.
  private func trainedTable(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table: DiagnosticTable?
    for outcome in context.trials.all where !outcome.hasDiverged {
      let h = context.trials.value("h", of: outcome)
      let saved = try outcome.saved()
      for level in levels {
        let diagnostic = try DiagnosticCatalog.diagnostic(named: "perturbation:level=\(level)")
        let found = try diagnostic(saved.diagnosticContext(seed: context.seed))
        guard let rows = found.tables.first else { continue }
        var all =
          table
          ?? DiagnosticTable(
            "trained-errors", "Growth of a perturbation through trained networks", source: source,
            notes: ["128 test examples, in evaluation; norms over all of them."],
            columns: [
              .text("panel", "network"), Robust.h, .integer("seed", "seed"),
              .number("eps", "eps / |input|"),
            ] + rows.columns)
        for row in rows.rows {
          try all.append(
            [
              .text("h = \(h.brief), eps = \(level.brief) |x|"), h,
              .integer(Int(outcome.trial.seed)), .number(level),
            ] + row)
        }
        table = all
      }
    }
    guard let table else {
      throw DiagnosticError(.badData, id, "every training became no number")
    }
    return table
  }

  private func claims(
    _ context: ExperimentContext, _ errors: DiagnosticTable, _ trained: DiagnosticTable
  ) -> [Claim] {
    func share(_ table: DiagnosticTable, _ measured: String, _ bound: String) -> Double {
      zip(table.numbers(measured), table.numbers(bound)).map { $0 / $1 }.filter { !$0.isNaN }.max()
        ?? .nan
    }
    let (telescoped, paper) = (
      share(errors, "growth", "telescoped"), share(errors, "growth", "paper")
    )
    let inNetworks = share(trained, "difference", "paper")
    /// eps_D / |x| over eps / |x| at the last block of the trained network, for a perturbation of a tenth; the median
    /// over seeds.
    func relativeEnd(_ h: Double) -> Double {
      let rows = trained.rows.indices.filter {
        trained.numbers("h")[$0] == h && trained.numbers("eps")[$0] == 0.1
      }
      // The last row of a seed is that of the last block.
      let ends = Dictionary(
        rows.map { (trained.numbers("seed")[$0], trained.numbers("relative")[$0]) },
        uniquingKeysWith: { $1 })
      return ends.values.median
    }
    let ends = (small: relativeEnd(0.1), large: relativeEnd(1))
    let aligned = errors.rows.indices.filter {
      errors["kind"][$0] == "aligned" && errors["activation"][$0] == "linear"
        && errors.numbers("eps")[$0] == 0.1
        && errors.numbers("depth")[$0] == errors.numbers("depth").max()
    }.map { errors.numbers("growth")[$0] }
    return [
      Claim(
        "A perturbation grows at most as equation 11 and Proposition 2 say, for every h, D and eps",
        max(telescoped, paper) <= 1 + 1e-9,
        "largest ratio of measured to bound \(telescoped.brief) for equation 11, \(paper.brief) for Proposition 2"
      ),
      Claim(
        "Through aligned blocks a perturbation grows more with larger h",
        zip(aligned, aligned.dropFirst()).allSatisfy { $0 < $1 },
        "linear blocks, the deepest: \(aligned.map(\.brief).joined(separator: ", ")) for h from 0 to 1.5"
      ),
      context.claim(
        "Perturbations of trained networks stay below Proposition 2", inNetworks <= 1 + 1e-3,
        "largest ratio of measured to bound \(inNetworks.brief)"),
      context.claim(
        "A change of a tenth of the input is smaller in the last state with h = 0.1 than with h = 1",
        ends.small < ends.large,
        "\(ends.small.brief) of the state's length with h = 0.1, \(ends.large.brief) with h = 1"),
    ]
  }
}
