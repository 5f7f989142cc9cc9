import TimestepNetworks

/// The tables of ``NormPreservation`` but for theorem 2, its plot and its summary.
extension NormPreservation {
  func table(of measured: [Measured], _ network: ResidualNetwork, _ rounding: Double) throws
    -> DiagnosticTable
  {
    var table = DiagnosticTable(
      "norm-preservation", "Bounds on the gradient through each block", source: source,
      notes: [
        "At test example \(example + 1), in an evaluation pass; M = h df/du.",
        "Blocks with a transition and schemes whose step is no identity and branch have no M.",
        "The gain of the gradient is that through the newest state; it is compared where a step is u + h f(u) with "
          + "nothing after it.",
      ],
      columns: BlockPlace.columns + [
        .flag("is_transition", "transition"),
        .number("gain", "gain of the gradient, |dE/du_l| / |dE/du_{l+1}|"),
        .number("branch", "s_max(M)"), .number("smallest", "s_min(I + M)"),
        .number("largest", "s_max(I + M)"), .number("lower", "1 - s_max(M), at least 0"),
        .number("upper", "1 + s_max(M)"), .flag("lemma_holds", "lemma 1 holds"),
        .flag("gain_holds", "gain within s(I + M)"),
        .number("corollary", "delta of corollary 1"),
        .flag("corollary_holds", "s_max(M) within corollary 1"), .text("method", "method"),
        .flag("is_converged", "converged"),
      ])
    for it in measured {
      let (branch, whole) = (it.branch?.largest, it.whole)
      // An iteration that has not ended gives the smallest from above: the lower bound can fail with it, not hold, unless
      // it is none.
      var lemma = TableValue.missing
      if let branch, let whole {
        let holds = ProcrustesBounds.lemma(
          branch: branch, smallest: whole.smallest ?? whole.largest, largest: whole.largest,
          rounding: it.branch?.isLargestConverged == true ? rounding : 1e-2)
        let isDecided = whole.isConverged && whole.smallest != nil || branch >= 1
        if isDecided || !holds { lemma = .flag(holds) }
      }
      var gain = TableValue.missing
      if it.isPlainStep, let value = it.backwardGain, let whole, whole.isConverged,
        let smallest = whole.smallest
      {
        let slack = rounding * (1 + whole.largest)
        gain = .flag(smallest - slack <= value && value <= whole.largest + slack)
      }
      var corollary = TableValue.missing
      if let bound = it.corollary, let branch {
        corollary = .flag(branch <= bound * (1 + 1e-4) + rounding)
      }
      let isConverged = whole.map { TableValue.flag($0.isConverged) } ?? .missing
      try table.append(
        BlockPlace(it.block.path, of: network).cells + [
          .flag(it.block.isTransition), .number(it.backwardGain), .number(branch),
          .number(whole?.smallest), .number(whole?.largest),
          .number(branch.map { max(1 - $0, 0) }), .number(branch.map { 1 + $0 }), lemma, gain,
          .number(it.corollary), corollary, .text(whole?.method.rawValue), isConverged,
        ])
    }
    return table
  }

  /// Theorem 1 for all blocks together; nil where no block is an identity and a branch.
  func theorem1(_ measured: [Measured]) throws -> DiagnosticTable? {
    let norms = measured.compactMap { $0.branch?.largest }
    guard let delta = norms.max() else { return nil }
    var table = DiagnosticTable(
      "theorem-1", "Theorem 1: delta = c log(2L) / L", source: source,
      notes: [
        "The theorem says that a network with such a delta exists, for some c of the map; the row gives the c that "
          + "the measured delta implies."
      ],
      columns: [
        .integer("blocks", "blocks L"), .number("delta", "measured delta, max s_max(M)"),
        .number("rate", "log(2L) / L"), .number("constant", "implied c"),
      ])
    let rate = ProcrustesBounds.nonlinearRate(blocks: norms.count)
    try table.append([
      .integer(norms.count), .number(delta), .number(rate), .number(delta / rate),
    ])
    return table
  }

  func plots(_ label: String, _ table: DiagnosticTable) -> [Plot] {
    let block = Plot.Channel.column("block")
    let axis = "gain of the gradient and its bounds"
    // Only where there are some, for the legend's sake.
    let smallest: [Plot.Layer] =
      table["is_converged"].contains(.flag(true))
      ? [
        .init(
          .point(size: 24), of: "norm-preservation", filter: "datum.is_converged", x: block,
          y: .column("smallest", title: axis), color: .datum("s_min(I + M)"))
      ] : []
    return [
      Plot(
        "norm-preservation", "Gain of the gradient through each block, and its bounds",
        subtitle: [
          label,
          "bars: from s_min(I + M), where it converged, to s_max(I + M)",
        ],
        layers: [
          .init(
            .area(), of: "norm-preservation", x: block, y: .column("lower", title: axis),
            y2: .column("upper"), color: .datum("lemma 1: from 1 - s_max(M) to 1 + s_max(M)")),
          .init(.rule(dashed: true), of: "norm-preservation", y: .datum(1)),
          .init(
            .rule(), of: "norm-preservation", filter: "datum.is_converged", x: block,
            y: .column("smallest", title: axis), y2: .column("largest")),
          .init(
            .point(size: 24), of: "norm-preservation", x: block, y: .column("largest", title: axis),
            color: .datum("s_max(I + M)")),
          .init(
            .point(), of: "norm-preservation", x: block, y: .column("gain", title: axis),
            color: .datum("gain, |dE/du_l| / |dE/du_{l+1}|")),
        ] + smallest)
    ]
  }

  func summary(_ table: DiagnosticTable, _ tables: [DiagnosticTable]) -> [String] {
    func count(_ column: String) -> String {
      let flags = table[column].filter { $0 != .missing }
      if flags.isEmpty { return "none (undecided)" }
      return "\(flags.filter { $0 == .flag(true) }.count) of \(flags.count.of("block"))"
    }
    var lines = [
      "lemma 1 holds in \(count("lemma_holds")), corollary 1 in \(count("corollary_holds")); "
        + "the gradient's gain is within its bounds in \(count("gain_holds"))"
    ]
    if let first = tables.first(where: { $0.name == "theorem-1" })?.rows.first,
      let delta = first[1].number, let constant = first[3].number
    {
      lines.append(
        "delta \(delta.text) over \(first[0]) blocks: theorem 1 with c = \(constant.text)"
      )
    }
    return lines
  }
}
