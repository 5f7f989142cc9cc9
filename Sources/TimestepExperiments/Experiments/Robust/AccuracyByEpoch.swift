import TimestepDiagnostics

/// `robust/fig13`: test accuracy epoch by epoch at several start learning rates, for h = 1 and h = 0.1.
struct AccuracyByEpoch: Experiment {
  let id = "robust/fig13"
  let title = "test accuracy by epoch at several start learning rates"
  let source = "\(Robust.source), figure 13"
  let assumptions =
    Robust.smallAssumptions + [
      "The learning rates of the figure are lost; full: 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1.",
      "Faster means a larger mean of the test accuracy over all epochs.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.rate, Robust.h], seeds: Robust.seeds(scale, reduced: 1))
    for rate in scale.choose(
      smoke: [0.1, 0.3], reduced: [0.1, 0.3], full: [0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1])
    {
      for h in [1, 0.1] {
        plan.add(
          [.number(rate), .number(h)],
          Robust.images(scale, depth: scale == .smoke ? 14 : 218, h: h, rate: rate))
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "accuracy-epoch", "Test accuracy by epoch", source: source,
      notes: ["Median over the seeds that got so far."],
      columns: [
        Robust.rate, Robust.h, .integer("epoch", "epoch"), .integer("seeds", "seeds"),
        .number("accuracy", "test accuracy", unit: "%"),
      ])
    for rate in context.trials.values("rate") {
      for h in context.trials.values("h") {
        let courses = context.trials.at(["rate": rate, "h": h]).map(Self.course)
        for epoch in 0..<(courses.map(\.count).max() ?? 0) {
          let values = courses.filter { $0.count > epoch }.map { $0[epoch] }
          try table.append([
            rate, h, .integer(epoch + 1), .integer(values.count), .number(100 * values.median),
          ])
        }
      }
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          "accuracy-epoch", "Test accuracy by epoch",
          layers: [
            .init(
              .line(points: context.scale != .full), of: table.name, x: .column("epoch"),
              y: .column("accuracy"), color: Robust.color, dash: .column("rate", .nominal))
          ])
      ], claims: claims(context))
  }

  private static func course(of outcome: TrialOutcome) -> [Double] {
    outcome.history["test_accuracy"] ?? []
  }

  private func claims(_ context: ExperimentContext) -> [Claim] {
    let rates = context.trials.values("rate")
    func speeds(_ rate: TableValue, _ h: Double) -> [Double] {
      context.trials.at(["rate": rate, "h": .number(h)]).map { outcome in
        let course = Self.course(of: outcome)
        return course.isEmpty ? outcome.chance : course.average
      }
    }
    let fast = speeds(0.3, 0.1)
    let large = rates.map { speeds($0, 1) }
    return [
      context.claim(
        "h = 0.1 with a start learning rate of 0.3 converges faster than h = 1 with any",
        large.map { Comparison(fast, $0).isGreater() }.all,
        "mean over epochs \(fast.median.percent) with h = 0.1; with h = 1 "
          + zip(rates, large).map { "\($1.median.percent) at \($0.brief)" }.joined(separator: ", ")),
      context.claim(
        "h = 0.1 converges faster with 0.3 than with 0.1",
        Comparison(fast, speeds(0.1, 0.1)).isGreater(),
        "mean over epochs \(fast.median.percent) with 0.3, \(speeds(0.1, 0.1).median.percent) with 0.1"
      ),
    ]
  }
}
