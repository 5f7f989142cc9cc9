import TimestepDiagnostics

/// `lm/table4`: stochastic depth with ResNet and LM-ResNet.
struct MultistepStochasticDepth: Experiment {
  let id = "lm/table4"
  let title = "test errors with and without stochastic depth"
  let source = "\(LM.source), table 4"
  let assumptions =
    LM.smallAssumptions + [
      "Reduced: depth 32, survival 0.8 of the last block, 10,000 images, 6 epochs. The gain needs hundreds of epochs: "
        + "instead the gap between training and test is looked at.",
      "p_L is the survival probability of the last block (Huang et al.), training is unscaled, evaluation multiplies by "
        + "p; drops are of f alone, the two-step part stays.",
    ]

  /// The axis of strategies.
  static let strategy = DiagnosticTable.Column.text("strategy", "strategy")

  /// One training; `lm/fig5` asks for some of the same ones.
  static func options(_ scale: ExperimentScale, _ family: LM.Family, depth: Int, survival: Double?)
    -> RunOptions
  {
    let noise = survival.map { "stochastic-depth:survival=\($0)" }
    if scale == .full, noise != nil {
      return RunOptions.cifar("\(family.name)-\(depth)", epochs: 500, dropAt: [250, 375])
        .with(noise: noise)
    }
    return LM.images(scale, family, depth: depth, examples: 10_000, epochs: 6).with(noise: noise)
  }

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [LM.depth, LM.network, Self.strategy], seeds: LM.seeds(scale, reduced: 2))
    func add(_ family: LM.Family, _ depth: Int, _ survival: Double?, isOptional: Bool = false) {
      plan.add(
        [
          .integer(depth), family.value,
          .text(survival == nil ? "plain" : "stochastic depth"),
        ], Self.options(scale, family, depth: depth, survival: survival), isOptional: isOptional)
    }
    for depth in scale.choose(smoke: [14], reduced: [32], full: [56, 110]) {
      for family in LM.Family.allCases {
        add(family, depth, nil)
        add(family, depth, depth == 110 ? 0.5 : 0.8)
      }
    }
    if scale == .full { add(.resNet, 1202, 0.5, isOptional: true) }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors", source: source, column: LM.errorColumn, LM.error)
    let gaps = try trials.overSeeds(
      "gaps", "Training accuracy minus test accuracy", source: source,
      column: .number("gap", "training - test accuracy", unit: "percentage points"), Self.gap)
    var claims: [Claim] = []
    let depth = trials.values("depth").first ?? .missing
    func pick(_ family: LM.Family, _ strategy: String) -> [TrialOutcome] {
      trials.at(["depth": depth, "network": family.value, "strategy": .text(strategy)])
    }
    let gain = PairedDifference(pick(.multistep, "plain"), pick(.multistep, "stochastic depth"))
    let lead = PairedDifference(
      pick(.resNet, "stochastic depth"), pick(.multistep, "stochastic depth"))
    for family in LM.Family.allCases {
      let (plain, dropped) = (
        pick(family, "plain").compactMap(Self.gap),
        pick(family, "stochastic depth").compactMap(Self.gap)
      )
      claims.append(
        context.claim(
          "Stochastic depth regularises \(family.rawValue): a smaller gap between training and test",
          Comparison(plain, dropped).isGreater(),
          "\(plain.median.brief) points without, \(dropped.median.brief) points with"))
    }
    claims += [
      context.claim(
        "Stochastic depth lowers the test error of LM-ResNet-\(depth)", gain.isPositive,
        gain.evidence),
      context.claim(
        "With stochastic depth LM-ResNet-\(depth) stays ahead of ResNet-\(depth)", lead.isPositive,
        lead.evidence),
    ]
    return ExperimentResult(
      tables: [errors, gaps],
      plots: [
        LM.points(
          "errors", "Test errors with and without stochastic depth", of: errors, x: "strategy",
          color: "network")
      ], claims: claims, published: published(trials))
  }

  /// Training accuracy minus test accuracy of the last epoch, in points.
  static func gap(_ outcome: TrialOutcome) -> Double? {
    guard let train = outcome.history["train_accuracy"]?.last,
      let test = outcome.history["test_accuracy"]?.last
    else { return nil }
    return 100 * (train - test)
  }

  private func published(_ trials: TrialOutcomes) -> [PublishedNumber] {
    let rows: [(String, LM.Family, Int, String?, Double)] = [
      ("ResNet-110", .resNet, 0, nil, 6.61),
      ("ResNet-110, pre-activation", .resNet, 110, "plain", 6.37),
      ("ResNet-56 with stochastic depth", .resNet, 0, nil, 5.66),
      ("ResNet-56, pre-activation, with stochastic depth", .resNet, 56, "stochastic depth", 5.55),
      ("ResNet-110 with stochastic depth", .resNet, 110, "stochastic depth", 5.25),
      ("ResNet-1202 with stochastic depth", .resNet, 1202, "stochastic depth", 4.91),
      (
        "LM-ResNet-56, pre-activation, with stochastic depth", .multistep, 56, "stochastic depth",
        5.14
      ),
      (
        "LM-ResNet-110, pre-activation, with stochastic depth", .multistep, 110, "stochastic depth",
        4.80
      ),
    ]
    return rows.map { title, family, depth, strategy, error in
      PublishedNumber(
        "test error of \(title), CIFAR-10", unit: "%", published: error,
        ours: strategy.map {
          trials.at(["depth": .integer(depth), "network": family.value, "strategy": .text($0)])
            .map(LM.error)
        } ?? [])
    }
  }
}
