import TimestepDiagnostics

/// `procrustes/table3`: what moving the change of shape before the block, and projecting it, do for the error.
struct TransitionTable: Experiment {
  let id = "procrustes/table3"
  let title = "test error by kind of transition block, without and with projection"
  let source = "\(Procrustes.source), table 3"
  let assumptions =
    Procrustes.classifyingAssumptions + [
      "Reduced: n = 6, 6000 images, 6 epochs of CIFAR-10 in the place of CIFAR-100."
    ]

  private static let transition = DiagnosticTable.Column.text("transition", "transition blocks")
  private static let projection = DiagnosticTable.Column.text("projection", "projection")
  /// The rows of the table with their published errors on CIFAR-100.
  private static let rows: [(transition: String, projection: String, published: Double)] = [
    ("original", "no", 24.33), ("modified", "no", 23.06), ("modified", "yes", 22.61),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Self.transition, Self.projection],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 3, full: 5)))
    let n = scale.choose(smoke: 1, reduced: 6, full: 18)
    for row in Self.rows {
      var options = Procrustes.classifying(
        scale, row.transition == "original" ? .resNet : .procResNet, steps: n,
        dataset: "cifar-100")
      if row.transition == "modified", row.projection == "no" {
        options.transition = "norm-preserving:project=no"
      }
      plan.add([.text(row.transition), .text(row.projection)], options)
    }
    return plan
  }

  private func errors(
    _ context: ExperimentContext, _ row: (transition: String, projection: String, published: Double)
  ) -> [Double] {
    context.trials.at([
      "transition": .text(row.transition), "projection": .text(row.projection),
    ]).map(\.lowestTestError)
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "transitions", "Test error by transition block", source: source,
      notes: ["Median over seeds, and one standard deviation."],
      columns: [
        .text("label", "transition, projection"), Self.transition, Self.projection,
        .integer("seeds", "seeds"), .number("error", "lowest test error", unit: "%"),
        .number("low", "median - deviation", unit: "%"),
        .number("high", "median + deviation", unit: "%"),
      ])
    for row in Self.rows {
      let errors = errors(context, row)
      try table.append([
        .text("\(row.transition), \(row.projection)"), .text(row.transition),
        .text(row.projection), .integer(errors.count), .number(errors.median),
        .number(errors.median - errors.spread), .number(errors.median + errors.spread),
      ])
    }
    let place = Plot.Channel.column("label")
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Test error by kind of transition block",
          subtitle: ["median over seeds, bars of one standard deviation"],
          layers: [
            .init(
              .rule(), of: table.name, x: place, y: .column("low", title: "lowest test error (%)"),
              y2: .column("high")),
            .init(.point(size: 120), of: table.name, x: place, y: .column("error")),
          ], width: 360)
      ], claims: [claim(context, 0, 1), claim(context, 1, 2)],
      published: Self.rows.map { row in
        PublishedNumber(
          "test error, \(row.transition) transition, projection \(row.projection), CIFAR-100",
          unit: "%", published: row.published, ours: errors(context, row))
      })
  }

  /// That a row has a lower error than the one before; undecided within the seeds' noise.
  private func claim(_ context: ExperimentContext, _ before: Int, _ after: Int) -> Claim {
    let (one, other) = (errors(context, Self.rows[before]), errors(context, Self.rows[after]))
    let gain = Comparison(one, other)
    return context.claim(
      after == 1
        ? "Moving the change of shape before the block lowers the error"
        : "Projecting it lowers the error further",
      gain.isGreater(),
      "\(one.median.brief) % to \(other.median.brief) %, both deviations over seeds \(gain.noise.brief) %"
    )
  }
}
