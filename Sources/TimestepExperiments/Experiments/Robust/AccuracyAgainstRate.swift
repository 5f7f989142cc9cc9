import TimestepDiagnostics

/// `robust/fig4`, `fig6`, `fig12`, `fig14`, `fig15`: accuracy against the start learning rate for h = 1 and h = 0.1, with
/// SGD or Adam.
struct AccuracyAgainstRate: Experiment {
  /// The grid of a scale.
  struct Grid {
    let depths: [Int]
    let rates: [Double]
  }

  let id: String
  let title: String
  let source: String
  var isText = false
  var optimizer = "sgd"
  let smoke, reduced, full: Grid

  private static let sgdRates = [0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1]
  private static let adamRates = [0.001, 0.01, 0.1, 0.3, 0.5]

  static let veryDeep = AccuracyAgainstRate(
    id: "robust/fig4", title: "accuracy against the start learning rate of a very deep network",
    source: "\(Robust.source), figure 4", smoke: Grid(depths: [14], rates: [0.1, 1]),
    reduced: Grid(depths: [110], rates: [0.03, 0.1, 0.3, 1]),
    full: Grid(depths: [218], rates: sgdRates))
  static let veryDeepWithAdam = AccuracyAgainstRate(
    id: "robust/fig6", title: "accuracy against the start learning rate of Adam",
    source: "\(Robust.source), figure 6", optimizer: "adam",
    smoke: Grid(depths: [14], rates: [0.001, 0.3]),
    reduced: Grid(depths: [110], rates: [0.001, 0.01, 0.1, 0.3]),
    full: Grid(depths: [218], rates: adamRates))
  static let twoDepths = AccuracyAgainstRate(
    id: "robust/fig12", title: "accuracy against the start learning rate at two depths",
    source: "\(Robust.source), figure 12", smoke: Grid(depths: [8], rates: [0.1, 1]),
    reduced: Grid(depths: [44, 110], rates: [0.1, 0.3, 1]),
    full: Grid(depths: [44, 110], rates: sgdRates))
  static let texts = AccuracyAgainstRate(
    id: "robust/fig14", title: "accuracy on texts against the learning rate",
    source: "\(Robust.source), figure 14", isText: true,
    smoke: Grid(depths: [9], rates: [0.01, 0.1]),
    reduced: Grid(depths: [29], rates: [0.01, 0.1, 0.3]),
    full: Grid(depths: [29, 49], rates: [0.01, 0.05, 0.1, 0.3, 0.5]))
  static let twoDepthsWithAdam = AccuracyAgainstRate(
    id: "robust/fig15", title: "accuracy against the start learning rate of Adam at two depths",
    source: "\(Robust.source), figure 15", optimizer: "adam",
    smoke: Grid(depths: [8], rates: [0.001, 0.3]),
    reduced: Grid(depths: [44, 110], rates: [0.001, 0.03, 0.3]),
    full: Grid(depths: [44, 110], rates: adamRates))

  var assumptions: [String] {
    Robust.smallAssumptions + [
      "The learning rates of the figure are lost; full: "
        + full.rates.map(\.brief).joined(separator: ", ") + ".",
      "\"Bears\" a learning rate: no training with it fails, and its median accuracy is at least 90 % of the best "
        + "median of the same h.",
    ]
  }

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.depth, Robust.rate, Robust.h],
      seeds: Robust.seeds(scale, reduced: isText ? 1 : 2))
    let grid = scale.choose(smoke: smoke, reduced: reduced, full: full)
    for depth in grid.depths {
      for rate in grid.rates {
        for h in [1, 0.1] {
          var options =
            isText
            ? Robust.texts(scale, depth: depth, h: h, rate: rate)
            : Robust.images(scale, depth: depth, h: h, rate: rate)
          if optimizer != "sgd" { options.optimizer = optimizer }
          plan.add([.integer(depth), .number(rate), .number(h)], options)
        }
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy-rate", "Test accuracy against the start learning rate", source: source,
      column: Robust.accuracy
    ) { 100 * $0.bestAccuracy }
    let depths = context.trials.values("depth")
    var plots = [
      Robust.plot(
        "accuracy-rate", "Test accuracy against the start learning rate", of: table,
        x: .column("rate", scale: .log), bars: true, facet: depths.count > 1 ? "depth" : nil,
        subtitle: [isText ? "VDCNN on texts" : "ResNet, \(optimizer == "sgd" ? "SGD" : "Adam")"])
    ]
    if isText { plots.append(zoomed(table, facet: depths.count > 1)) }
    return ExperimentResult(
      tables: [table], plots: plots, claims: depths.flatMap { claims(context, depth: $0) })
  }

  /// The inset of figure 14: the best five points, without bars.
  private func zoomed(_ table: DiagnosticTable, facet: Bool) -> Plot {
    let top = table.numbers("accuracy").filter(\.isFinite).max() ?? 100
    return Plot(
      "accuracy-rate-zoomed", "The best five points of accuracy",
      layers: [
        .init(
          .line(points: true), of: table.name, filter: "datum.accuracy >= \(top - 5)",
          x: .column("rate", scale: .log), y: .column("accuracy"), color: Robust.color)
      ], facet: facet ? .init("depth", columns: 2) : nil, width: facet ? 380 : 560, height: 240)
  }

  private func claims(_ context: ExperimentContext, depth: TableValue) -> [Claim] {
    let rates = context.trials.values("rate").compactMap(\.number)
    let pairs = rates.map { context.trials.pair(["depth": depth, "rate": .number($0)]) }
    func borne(_ side: KeyPath<StepSizePair, [TrialOutcome]>) -> Double? {
      let medians = pairs.map { $0[keyPath: side].map(\.bestAccuracy).median }
      let best = medians.max() ?? .nan
      return rates.indices.last { index in
        medians[index] >= 0.9 * best
          && !pairs[index][keyPath: side].contains(where: \.hasFailed)
      }.map { rates[$0] }
    }
    let (small, large) = (borne(\.small), borne(\.large))
    let gains = zip(rates, pairs).map { "\($1.gain.percent) at \($0.brief)" }
      .joined(separator: ", ")
    var claims = [
      context.claim(
        "At depth \(depth), h = 0.1 bears larger learning rates than h = 1",
        pairs.contains { $0.gains.isEmpty } || small == large && small == rates.max()
          ? nil : (small ?? 0) > (large ?? 0),
        "up to \(small?.brief ?? "none") with h = 0.1, \(large?.brief ?? "none") with h = 1, of "
          + rates.map(\.brief).joined(separator: ", ")),
      context.claim(
        "At depth \(depth), h = 0.1 is at least as accurate at every learning rate",
        // A difference below 0 within the noise decides nothing.
        pairs.map { $0.gain >= 0 ? true : Comparison($0.small, $0.large).isGreater() }.all,
        "median with h = 0.1 minus that with h = 1: \(gains)"),
    ]
    let steadier = pairs.compactMap(\.isSteadier)
    claims.append(
      context.claim(
        "At depth \(depth), the spread over seeds is smaller with h = 0.1",
        steadier.isEmpty ? nil : steadier.allSatisfy { $0 },
        "\(steadier.filter { $0 }.count) of \(steadier.count) learning rates with several seeds none of which fails"
      ))
    if optimizer == "adam" {
      let beyond = zip(rates, pairs).filter { $0.0 >= 0.3 }.map(\.1)
      claims.append(
        context.claim(
          "With Adam and a start learning rate of 0.3 or more, h = 1 fails and h = 0.1 trains, depth \(depth)",
          beyond.isEmpty || beyond.contains { $0.gains.isEmpty }
            ? nil
            : beyond.flatMap(\.large).allSatisfy(\.hasFailed)
              && !beyond.flatMap(\.small).contains(where: \.hasFailed),
          "failed: \(beyond.flatMap(\.large).count(where: \.hasFailed)) of \(beyond.flatMap(\.large).count) with h = 1, "
            + "\(beyond.flatMap(\.small).count(where: \.hasFailed)) with h = 0.1"))
    }
    return claims
  }
}
