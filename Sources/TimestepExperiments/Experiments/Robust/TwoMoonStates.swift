import TimestepDiagnostics

/// `robust/fig7`, `fig7-bn`: how two moons move through the blocks of a network whose states are points in the plane, for
/// h = 1 and h = 0.1, without and with batch normalisation.
struct TwoMoonStates: Experiment {
  let id: String
  let title: String
  let source: String
  /// Whether networks with batch normalisation are looked at too.
  let comparesNorms: Bool

  static let plain = TwoMoonStates(
    id: "robust/fig7", title: "two moons through a network, block by block",
    source: "\(Robust.source), figure 7", comparesNorms: false)
  static let normalized = TwoMoonStates(
    id: "robust/fig7-bn",
    title: "two moons through a network, with batch normalisation and without",
    source: "\(Robust.source), figure 7 and its supplement", comparesNorms: true)

  let assumptions = [
    "The code is not published. Ours: 30 blocks u + h (W2 relu(W1 u + b1) + b2) with 16 numbers inside and 2 outside, no "
      + "activation after a block; 1000 training and 1000 test points with noise of deviation 0.3; 500 epochs of the whole "
      + "set as one batch, SGD with momentum 0.9 at a fixed learning rate of 0.05. Reduced is the same as full.",
    "Of a training that became no number, the first blocks are shown, with the parameters before that step.",
  ]

  private static let norm = DiagnosticTable.Column.text("norm", "normalisation")
  static let without: TableValue = "no normalisation"
  static let with: TableValue = "batch normalisation"

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Self.norm, Robust.h], seeds: Robust.seeds(scale, reduced: 5), fewestEpochs: 100)
    for norm in comparesNorms ? [Self.without, Self.with] : [Self.without] {
      for h in [1, 0.1] {
        var options = RunOptions()
        options.network = scale == .smoke ? "dense-10" : "dense-30"
        options.dataset = "two-moons"
        options.h = h
        options.batchNorm = norm == Self.with
        options.batchSize = 1000
        plan.add(
          [norm, .number(h)],
          options.trained(epochs: scale == .smoke ? 50 : 500, rate: 0.05, dropAt: []))
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let found = try TwoMoonTables(context, source: source, norm: Self.norm, pictures: 6)
    func plot(_ name: String, _ title: String, _ column: String) -> Plot {
      Plot(
        name, title, subtitle: ["a line for each seed whose training ended"],
        layers: [
          .init(
            .line(), of: found.extents.name, filter: "datum.ended", x: .column("block"),
            y: .column(column, scale: .log), color: Robust.color, detail: "seed")
        ], facet: comparesNorms ? .init("norm", columns: 2) : nil,
        width: comparesNorms ? 380 : 560, height: 260)
    }
    func pictures(_ table: DiagnosticTable) -> Plot {
      Plot(
        table.name, table.title,
        subtitle: ["each picture by its own scale r: the largest distance from the origin"],
        layers: [
          .init(
            .point(size: 8), of: table.name, x: .column("x", domain: [-1, 1]),
            y: .column("y", domain: [-1, 1]), color: .column("class", domain: ["outer", "inner"]))
        ], facet: .init("panel", columns: 6), width: 150, height: 150)
    }
    let drawn = [found.states, found.failed].filter { !$0.rows.isEmpty }
    let predictions = Plot(
      "predictions", "What is predicted for the test points",
      layers: [
        .init(
          .point(size: 10), of: found.predictions.name, x: .column("x"), y: .column("y"),
          color: .column("predicted", domain: ["outer", "inner"]))
      ], facet: .init("panel", columns: 3), width: 240, height: 180)
    return ExperimentResult(
      tables: [found.extents, found.trainings, found.predictions] + drawn,
      plots: drawn.map(pictures) + (found.predictions.rows.isEmpty ? [] : [predictions]) + [
        plot("extent", "How far states are thrown", "radius"),
        plot("relative-step", "Relative step of every block", "step"),
      ],
      claims: context.trials.values("norm").flatMap { claims(context, found.trainings, $0) })
  }

  private func claims(
    _ context: ExperimentContext, _ trainings: DiagnosticTable, _ norm: TableValue
  ) -> [Claim] {
    let isPlain = norm == Self.without
    func outcomes(_ h: Double) -> [TrialOutcome] {
      context.trials.at(["norm": norm, "h": .number(h)])
    }
    func median(_ column: String, _ h: Double) -> Double {
      trainings.rows.indices.filter {
        trainings["norm"][$0] == norm && trainings.numbers("h")[$0] == h
          && trainings["diverged"][$0] == false
      }.map { trainings.numbers(column)[$0] }.filter(\.isFinite).median
    }
    let diverged = [1, 0.1].map { outcomes($0).count(where: \.hasDiverged) }
    func statement(_ text: String) -> String {
      guard comparesNorms else { return text.prefix(1).uppercased() + text.dropFirst() }
      return (isPlain ? "Without normalisation, " : "With batch normalisation, ") + text
    }
    func ratio(_ column: String) -> Double { median(column, 1) / median(column, 0.1) }
    let (radius, step) = (ratio("radius"), ratio("step"))
    let accuracies = [1, 0.1].map { h in
      outcomes(h).filter { !$0.hasDiverged }.map(\.finalAccuracy).median
    }
    var claims = [
      context.claim(
        isPlain
          ? statement("some trainings with h = 1 become no number, none with h = 0.1")
          : statement("no training becomes no number"),
        isPlain ? diverged[0] > 0 && diverged[1] == 0 : diverged == [0, 0],
        "\(diverged[0]) of \(outcomes(1).count) with h = 1, \(diverged[1]) of \(outcomes(0.1).count) with h = 0.1"
      ),
      context.claim(
        statement("states are thrown far with h = 1 and move smoothly with h = 0.1"),
        radius.isFinite && step.isFinite ? radius > 2 && step > 2 : nil,
        "in trainings that ended, h = 1 to h = 0.1: distance after the last block \(radius.brief), relative step "
          + "\(step.brief), medians"),
    ]
    if isPlain {
      claims.append(
        context.claim(
          statement("the network mixes the classes with h = 1 and separates them with h = 0.1"),
          accuracies[0].isFinite ? accuracies[0] < accuracies[1] - 0.05 : nil,
          "median test accuracy of trainings that ended: \(accuracies[0].percent) with h = 1, "
            + "\(accuracies[1].percent) with h = 0.1"))
    }
    return claims
  }
}
