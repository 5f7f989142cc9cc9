import TimestepDiagnostics
import TimestepNetworks

/// `lm/schemes`: networks of all schemes of the source with the same number of evaluations of f.
struct SchemesAtEqualCost: Experiment {
  let id = "lm/schemes"
  let title = "accuracy, time and memory of schemes with equal numbers of evaluations"
  let source = "\(LM.source), table 1 and appendix A"
  let assumptions = [
    "Three stages with four evaluations of the field each: four steps of a scheme with one evaluation, two of one with "
      + "two, one of RK4. Connectors stand between stages, so that all steps are the scheme's own; h = 1.",
    "RevNet's evaluations are of two fields on half of the channels each.",
    "Reduced: widths 8, 16, 32, Fashion-MNIST averaged to 14 x 14, 6000 images, 4 epochs; full: the paper's widths and "
      + "recipe on CIFAR-10.",
  ]

  private static let scheme = DiagnosticTable.Column.text("scheme", "scheme")
  private static let schemes: [(title: String, choice: String, steps: Int)] = [
    ("Euler", "euler", 4), ("LM", "lm:k=trained", 4), ("midpoint", "midpoint", 4),
    ("Verlet", "verlet", 4), ("RevNet", "rev", 4), ("poly-2", "poly-2", 2),
    ("fractal-2", "fractal-2", 2), ("Heun", "heun", 2), ("RK4", "rk4", 1),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [Self.scheme], seeds: LM.seeds(scale, reduced: 2))
    for (title, choice, steps) in Self.schemes {
      let depth = 6 * steps + 2
      var options = scale.choose(
        smoke: RunOptions.smallPreActivation(depth: depth).onSmoke(.fashion14, steps: 2),
        reduced: LM.images(scale, .resNet, depth: depth, examples: 6000),
        full: LM.images(scale, .resNet, depth: depth))
      options.scheme = choice
      options.transition = "connector"
      plan.add([.text(title)], options)
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors by scheme", source: source, column: LM.errorColumn, LM.error)
    var costs = DiagnosticTable(
      "costs", "What the networks cost", source: source,
      notes: [
        "Evaluations are of one stage; speed is of this machine; kept numbers stay for the gradient of one example."
      ],
      columns: [
        Self.scheme, .integer("steps", "steps in a stage"),
        .integer("evaluations", "evaluations in a stage"),
        .integer("parameters", "parameters"), .number("kept", "numbers kept for one example"),
        .number("speed", "training speed", unit: "images per second"),
        .number("peak", "peak memory of the process", unit: "MiB"),
      ])
    for (title, _, _) in Self.schemes {
      guard let outcome = trials.at(["scheme": .text(title)]).first else { continue }
      let network = try outcome.trial.configuration.makeNetwork()
      let stage = network.stages[0]
      try costs.append([
        .text(title), .integer(stage.grid.steps),
        .integer(stage.grid.steps * stage.scheme.evaluationsPerStep / (title == "RevNet" ? 2 : 1)),
        .integer(outcome.summary.parameters), .number(Double(network.keptElements())),
        .number(outcome.summary.imagesPerSecond),
        .number(Double(outcome.summary.peakMemoryBytes) / 1_048_576),
      ])
    }
    let failed = trials.all.filter(\.endedFailed)
    let pairs = PairedDifference(
      trials.at(["scheme": "Euler"]), trials.at(["scheme": "LM"]))
    return ExperimentResult(
      tables: [errors, costs],
      plots: [
        LM.points("errors", "Test errors at equal evaluations", of: errors, x: "scheme"),
        Plot(
          "costs", "Numbers kept for the gradient",
          layers: [
            .init(
              .bar, of: costs.name, x: .column("scheme"), y: .column("kept", includesZero: true))
          ]),
      ],
      claims: [
        context.claim(
          "Networks of every scheme can be trained by the same recipe", failed.isEmpty,
          "\(failed.count) of \(trials.all.count) trainings failed"
            + (failed.isEmpty
              ? ""
              : ": "
                + Set(failed.map { trials.value("scheme", of: $0).description }).sorted()
                .joined(separator: ", "))),
        context.claim(
          "At equal evaluations LM has a lower test error than Euler", pairs.isPositive,
          pairs.evidence),
      ])
  }
}
