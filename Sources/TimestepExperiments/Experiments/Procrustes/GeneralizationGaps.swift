import TimestepDiagnostics

/// `procrustes/table1`: the gap between test and training error of plain networks, ResNet and ProcResNet.
struct GeneralizationGaps: Experiment {
  let id = "procrustes/table1"
  let title = "mean and largest generalisation gap, three networks by depth"
  let source = "\(Procrustes.source), table 1"
  let assumptions =
    Procrustes.followedAssumptions + [
      "The gap is test error minus training error; the mean over epochs and then over seeds, the largest over epochs and "
        + "then the mean over seeds. The training error is that of the epoch as it was learned; the gap with the error "
        + "measured after the last epoch, in evaluation mode and without augmentation, stands beside it.",
      "The column of depths of the table is lost and was read as 20, 83, 164.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Procrustes.network, Procrustes.steps],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 3, full: 10)))
    plan.compared = Procrustes.network.name
    for n in scale.choose(smoke: [1], reduced: [2, 6], full: [2, 9, 18]) {
      for architecture in Procrustes.Architecture.allCases {
        plan.add(
          [architecture.value, .integer(n)], Procrustes.followed(scale, architecture, steps: n))
      }
    }
    return plan
  }

  /// What one training gave, in percent.
  private struct Gap {
    let mean, largest: Double
    let afterwards: Double?
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "gaps", "Generalisation gap", source: source,
      notes: [
        "Means and standard deviations over seeds; a training that diverged counts as far as it came."
      ],
      columns: [
        .text("label", "network and depth"), Procrustes.network, Procrustes.steps,
        .integer("seeds", "seeds"), .text("gap", "gap"), .number("value", "gap", unit: "%"),
        .number("deviation", "standard deviation over seeds", unit: "%"),
        .number("low", "mean - deviation", unit: "%"),
        .number("high", "mean + deviation", unit: "%"),
      ])
    var gaps: [Procrustes.Architecture: [Int: [Gap]]] = [:]
    for n in context.trials.depths {
      for architecture in Procrustes.Architecture.allCases {
        let mine = try context.trials.of(architecture, n).compactMap { outcome -> Gap? in
          let errors = EpochErrors(outcome)
          guard let largest = errors.gaps.max() else { return nil }
          let afterwards = try outcome.finalTrainError().flatMap { error in
            errors.test.last.map { $0 - error }
          }
          return Gap(mean: errors.gaps.average, largest: largest, afterwards: afterwards)
        }
        gaps[architecture, default: [:]][n] = mine
        for (name, values) in [
          ("mean over epochs", mine.map(\.mean)), ("largest over epochs", mine.map(\.largest)),
          ("after the last epoch, evaluated", mine.compactMap(\.afterwards)),
        ] where !values.isEmpty {
          let (mean, spread) = (values.average, values.spread)
          try table.append([
            .text(architecture.title(steps: n)), architecture.value,
            .integer(n), .integer(values.count), .text(name), .number(mean), .number(spread),
            .number(mean - spread), .number(mean + spread),
          ])
        }
      }
    }
    let place = Plot.Channel.column("label")
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          "gaps", "Generalisation gap", subtitle: ["means over seeds and one standard deviation"],
          layers: [
            .init(
              .bar, of: table.name, x: place, y: .column("value"),
              color: .column("network", domain: Procrustes.networks)),
            .init(
              .rule(), of: table.name, x: place, y: .column("low", title: "gap (%)"),
              y2: .column("high")),
          ], facet: Plot.Facet("gap", columns: 3, independentY: true), width: 220, height: 240)
      ], claims: claims(context, gaps), published: published(gaps))
  }

  private func claims(
    _ context: ExperimentContext, _ gaps: [Procrustes.Architecture: [Int: [Gap]]]
  ) -> [Claim] {
    context.trials.depths.flatMap { n -> [Claim] in
      let (ours, theirs) = (gaps[.procResNet]?[n] ?? [], gaps[.resNet]?[n] ?? [])
      func claim(_ name: String, _ value: (Gap) -> Double?) -> Claim {
        let (a, b) = (ours.compactMap(value), theirs.compactMap(value))
        return context.claim(
          "n = \(n): the \(name) gap of ProcResNet is smaller than that of ResNet",
          Comparison(b, a).isGreater(),
          "\(a.average.brief) +- \(a.spread.brief) % against \(b.average.brief) +- \(b.spread.brief) %"
        )
      }
      return [
        claim("largest") { $0.largest }, claim("mean") { $0.mean },
        claim("evaluated final") { $0.afterwards },
      ]
    }
  }

  /// The table of the paper; the plain network of depth 164 diverged.
  private func published(_ gaps: [Procrustes.Architecture: [Int: [Gap]]]) -> [PublishedNumber] {
    let rows: [(Procrustes.Architecture, Int, Double, Double)] = [
      (.plain, 2, 6.7, 20.0), (.plain, 9, 7.5, 30.1), (.resNet, 2, 5.5, 23.1),
      (.resNet, 9, 5.1, 12.5), (.resNet, 18, 5.2, 18.7), (.procResNet, 2, 2.3, 8.3),
      (.procResNet, 9, 2.0, 7.7), (.procResNet, 18, 3.3, 8.7),
    ]
    return rows.flatMap { architecture, n, mean, largest -> [PublishedNumber] in
      let name = architecture.title(steps: n)
      let mine = gaps[architecture]?[n] ?? []
      return [
        PublishedNumber(
          "mean gap, \(name)", unit: "%", published: mean, ours: mine.map(\.mean)),
        PublishedNumber(
          "largest gap, \(name)", unit: "%", published: largest, ours: mine.map(\.largest)),
      ]
    }
  }
}
