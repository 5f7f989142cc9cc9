import TimestepData
import TimestepDiagnostics

/// `lm/table2`: test errors and exact sizes on CIFAR.
struct MultistepTable: Experiment {
  let id = "lm/table2"
  let title = "test errors and sizes of ResNet, LM-ResNet and LM-ResNeXt on CIFAR"
  let source = "\(LM.source), table 2"
  let assumptions =
    LM.smallAssumptions + [
      "Reduced: CIFAR images averaged to 16 x 16, 10,000 of them, 5 epochs, one seed; CIFAR-100 where it is on this "
        + "machine.",
      "The source's sizes of 164 and 1001 layers do not fit these networks (He et al.: 1.7 and 10.2 million).",
      "LM-ResNeXt projects its history at transitions, which gives the source's 35.1 and 68.8 million.",
      "FractalNet, DenseNet and post-activation ResNeXt are quoted by the source and not trained here. FractalNet here has "
        + "the widths of its 20-layer form at both depths; its sizes are left out of the comparison.",
    ]

  private static let data = DiagnosticTable.Column.text("data", "data set")

  func plan(_ scale: ExperimentScale) throws -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Self.data, LM.depth, LM.network], seeds: LM.seeds(scale, reduced: 1))
    switch scale {
    case .smoke:
      for family in LM.Family.allCases {
        plan.add(
          ["CIFAR-10", 8, family.value],
          RunOptions.smallPreActivation(family.name, depth: 8).onSmoke(.cifar16, steps: 1))
      }
    case .reduced:
      var sets: [(String, SmallData)] = [("CIFAR-10", .cifar16)]
      if let hundred = DatasetCatalog.all.first(where: { $0.name == "cifar-100" }),
        (try? DatasetSearch().directory(of: hundred)) != nil
      {
        sets.append(("CIFAR-100", .cifar100At16))
      }
      for (name, data) in sets {
        for depth in [14, 20] {
          for family in LM.Family.allCases {
            plan.add(
              [.text(name), .integer(depth), family.value],
              RunOptions.smallPreActivation(family.name, depth: depth)
                .small(data, examples: 10_000, epochs: 5), isOptional: depth == 14)
          }
        }
      }
    case .full:
      for depth in [20, 32, 44, 56, 110] {
        for family in LM.Family.allCases {
          plan.add(
            ["CIFAR-10", .integer(depth), family.value],
            .cifar("\(family.name)-\(depth)"))
        }
      }
      for (depth, family) in [
        (110, LM.Family.resNet), (164, .resNet), (1001, .resNet), (110, .multistep),
        (164, .multistep),
      ] {
        plan.add(
          ["CIFAR-100", .integer(depth), family.value],
          .cifar100("\(family.name)-\(depth)"), isOptional: depth == 1001)
      }
      for groups in [8, 16] {
        for (title, family) in [("ResNeXt", "resnext"), ("LM-ResNeXt", "lm-resnext")] {
          plan.add(
            ["CIFAR-100", 29, .text("\(title) \(groups)x64d")],
            .cifar100("\(family)-29-\(groups)x64d", weightDecay: 5e-4), isOptional: true)
        }
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors", source: source, column: LM.errorColumn, LM.error)
    let counts = try NetworkSizes.table(source: source)
    var claims: [Claim] = []
    for data in trials.values("data") {
      for depth in trials.values("depth") {
        let pairs = PairedDifference(
          trials.at(["data": data, "depth": depth, "network": LM.Family.resNet.value]),
          trials.at(["data": data, "depth": depth, "network": LM.Family.multistep.value]))
        guard !pairs.values.isEmpty else { continue }
        claims.append(
          context.claim(
            "On \(data), LM-ResNet-\(depth) has a lower test error than ResNet-\(depth)",
            pairs.isPositive, pairs.evidence))
      }
    }
    claims += NetworkSizes.claims(counts)
    return ExperimentResult(
      tables: [errors, counts],
      plots: [
        LM.plot(
          "errors", "Test errors", of: errors, x: .column("depth", .ordinal), facet: "data"),
        NetworkSizes.plot(counts),
      ], claims: claims,
      published: PublishedError.table2.map { $0.number(trials.all) }
        + NetworkSizes.published(counts))
  }
}
