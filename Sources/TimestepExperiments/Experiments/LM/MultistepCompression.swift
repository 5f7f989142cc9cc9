import TimestepDiagnostics

/// `lm/compress`: an LM-ResNet against a ResNet of about twice its depth.
struct MultistepCompression: Experiment {
  let id = "lm/compress"
  let title = "LM-ResNet against a deeper ResNet"
  let source = "\(LM.source), section 2, results"
  let assumptions =
    LM.smallAssumptions + [
      "Reduced: the trainings of lm/fig2. Where a deeper ResNet is not better than a shallow one, nothing can be said.",
      "ResNet-50 and 101 on ImageNet are left to lm/table3.",
    ]

  private static let data = DiagnosticTable.Column.text("data", "data set")

  /// A shallow LM-ResNet and the deeper ResNet that it is compared with.
  private static func pairs(_ scale: ExperimentScale) -> [(data: String, shallow: Int, deep: Int)] {
    scale.choose(
      smoke: [("Fashion-MNIST", 8, 14)],
      reduced: [("Fashion-MNIST", 20, 56), ("Fashion-MNIST", 14, 56)],
      full: [("CIFAR-10", 56, 110), ("CIFAR-100", 164, 1001)])
  }

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Self.data, LM.depth, LM.network], seeds: LM.seeds(scale, reduced: 5))
    for (data, shallow, deep) in Self.pairs(scale) {
      for (family, depth) in [
        (LM.Family.multistep, shallow), (.resNet, shallow), (.resNet, deep),
      ] {
        let place: [TableValue] = [.text(data), .integer(depth), family.value]
        guard !plan.settings.contains(where: { $0.values == place }) else { continue }
        plan.add(
          place,
          data == "CIFAR-100"
            ? .cifar100("\(family.name)-\(depth)")
            : MultistepErrorAgainstDepth.options(scale, family, depth: depth))
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors", source: source, column: LM.errorColumn, LM.error)
    func pick(_ data: String, _ family: LM.Family, _ depth: Int) -> [TrialOutcome] {
      trials.at(["data": .text(data), "network": family.value, "depth": .integer(depth)])
    }
    var claims: [Claim] = []
    for (data, shallow, deep) in Self.pairs(context.scale) {
      let depthHelps = PairedDifference(
        pick(data, .resNet, shallow), pick(data, .resNet, deep))
      let compressed = PairedDifference(
        pick(data, .resNet, deep), pick(data, .multistep, shallow))
      // As good as the deep one, where the deep one is better than the shallow one.
      let isAsGood = compressed.mean > -depthHelps.mean / 4
      claims.append(
        context.claim(
          "LM-ResNet-\(shallow) is about as good as ResNet-\(deep)",
          depthHelps.isPositive == true ? isAsGood : nil,
          "ResNet-\(deep) against LM-ResNet-\(shallow): \(compressed.evidence); ResNet-\(shallow) against "
            + "ResNet-\(deep): \(depthHelps.evidence)"))
    }
    return ExperimentResult(
      tables: [errors],
      plots: [
        LM.plot(
          "errors", "Test errors of shallow LM-ResNets and deeper ResNets", of: errors,
          x: .column("depth", .ordinal), facet: "data")
      ], claims: claims)
  }
}
