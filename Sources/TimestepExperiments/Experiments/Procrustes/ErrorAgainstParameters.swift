import TimestepDiagnostics

/// `procrustes/fig5`: test error of ResNet and ProcResNet against the number of parameters.
struct ErrorAgainstParameters: Experiment {
  let id = "procrustes/fig5"
  let title = "test error against the number of parameters, ResNet and ProcResNet"
  let source = "\(Procrustes.source), figure 5"
  let assumptions =
    Procrustes.classifyingAssumptions + ["Reduced: n = 1, 2, 4, 6, 6000 images, 5 epochs."]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Procrustes.network, Procrustes.steps],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 3, full: 5)))
    plan.compared = Procrustes.network.name
    for n in scale.choose(smoke: [1], reduced: [1, 2, 4, 6], full: [18, 30, 70, 111]) {
      for architecture in Procrustes.residual {
        plan.add(
          [architecture.value, .integer(n)],
          Procrustes.classifying(scale, architecture, steps: n, epochs: 5), isOptional: n == 4)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "error-parameters", "Test error against parameters", source: source,
      notes: ["Median over seeds, and one standard deviation."],
      columns: [
        Procrustes.network, Procrustes.steps, .integer("parameters", "parameters"),
        .integer("seeds", "seeds"), .number("error", "lowest test error", unit: "%"),
        .number("low", "median - deviation", unit: "%"),
        .number("high", "median + deviation", unit: "%"),
      ])
    for architecture in Procrustes.residual {
      for n in context.trials.depths {
        let outcomes = context.trials.of(architecture, n)
        guard let first = outcomes.first else { continue }
        let errors = outcomes.map(\.lowestTestError)
        try table.append([
          architecture.value, .integer(n), .integer(first.summary.parameters),
          .integer(errors.count), .number(errors.median),
          .number(errors.median - errors.spread), .number(errors.median + errors.spread),
        ])
      }
    }
    let x = Plot.Channel.column("parameters", scale: .log)
    let color = Plot.Channel.column("network", domain: Procrustes.networks)
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          table.name, "Test error against the number of parameters",
          subtitle: ["median over seeds, band of one standard deviation"],
          layers: [
            .init(
              .area(), of: table.name, x: x, y: .column("low"), y2: .column("high"), color: color),
            .init(.line(points: true), of: table.name, x: x, y: .column("error"), color: color),
          ])
      ], claims: claims(context), published: published(context))
  }

  private func claims(_ context: ExperimentContext) -> [Claim] {
    func error(_ architecture: Procrustes.Architecture, _ n: Int) -> [Double] {
      context.trials.of(architecture, n).map(\.lowestTestError)
    }
    let depths = context.trials.depths
    let gains = depths.map { Comparison(error(.resNet, $0), error(.procResNet, $0)) }
    return [
      context.claim(
        "ProcResNet has a lower error than ResNet of the same depth",
        gains.map { $0.isGreater() }.all,
        zip(depths, gains).map {
          "n = \($0): \($1.difference.brief) %, both deviations over seeds \($1.noise.brief) %"
        }.joined(separator: "; "))
    ]
  }

  /// The readme of the published code, CIFAR-10.
  private func published(_ context: ExperimentContext) -> [PublishedNumber] {
    let rows: [(Procrustes.Architecture, Int, Double)] = [
      (.resNet, 30, 4.73), (.resNet, 70, 4.59), (.resNet, 111, 4.52), (.procResNet, 30, 4.20),
      (.procResNet, 70, 3.78), (.procResNet, 111, 3.84),
    ]
    return rows.map { architecture, n, error in
      PublishedNumber(
        "test error, \(architecture.title(steps: n)), CIFAR-10, readme of the code",
        unit: "%", published: error,
        ours: context.trials.of(architecture, n).map(\.lowestTestError))
    }
  }
}
