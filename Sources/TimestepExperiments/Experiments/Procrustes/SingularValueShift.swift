import TimestepDiagnostics

/// `procrustes/lemma1`: the singular values of I + M stay within the norm of M of 1.
struct SingularValueShift: Experiment {
  let id = "procrustes/lemma1"
  let title = "singular values of I + M against 1 -+ s_max(M)"
  let source = "\(Procrustes.source), lemma 1"
  let assumptions = [
    "M is random, 32 x 32: normal entries, antisymmetric, or negative semidefinite, scaled to its norm; 5 of each."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "singular-values", "Singular values of I + M", source: source,
      columns: [
        .text("kind", "kind of M"), .number("branch", "s_max(M)"), .integer("seed", "seed"),
        .number("smallest", "s_min(I + M)"), .number("largest", "s_max(I + M)"),
        .number("lower", "1 - s_max(M)"), .number("upper", "1 + s_max(M)"),
        .flag("holds", "within the bounds"),
      ])
    let norms = context.scale.choose(
      smoke: [0.1, 1], otherwise: [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2])
    for kind in RandomBlocks.Kind.allCases {
      for norm in norms {
        for seed in 0..<5 {
          let it = try RandomBlocks.linear(
            kind, size: 32, norm: norm, seed: context.seed &+ UInt64(seed))
          try table.append([
            .text(kind.rawValue), .number(it.branch), .integer(seed), .number(it.smallest),
            .number(it.largest), .number(1 - it.branch), .number(1 + it.branch),
            .flag(
              ProcrustesBounds.lemma(
                branch: it.branch, smallest: it.smallest, largest: it.largest)),
          ])
        }
      }
    }
    let holds = table["holds"].filter { $0 == .flag(true) }.count
    let x = Plot.Channel.column("branch")
    let title = "singular values of I + M"
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Singular values of I + M", subtitle: ["band: 1 -+ s_max(M)"],
          layers: [
            .init(
              .area(), of: table.name, x: x, y: .column("lower", title: title),
              y2: .column("upper")),
            .init(
              .point(), of: table.name, x: x, y: .column("smallest", title: title),
              color: .datum("s_min(I + M)")),
            .init(
              .point(), of: table.name, x: x, y: .column("largest", title: title),
              color: .datum("s_max(I + M)")),
          ], facet: Plot.Facet("kind", columns: 3), width: 260, height: 260)
      ],
      claims: [
        Claim(
          "The singular values of I + M lie between 1 - s_max(M) and 1 + s_max(M)",
          holds == table.rows.count, "\(holds) of \(table.rows.count) matrices")
      ])
  }
}
