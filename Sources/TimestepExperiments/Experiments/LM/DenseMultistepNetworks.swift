import TimestepDiagnostics

/// `lm/dense`: the dense multistep network of the published code against LM-ResNet and ResNet.
struct DenseMultistepNetworks: Experiment {
  let id = "lm/dense"
  let title = "dense multistep network against LM-ResNet and ResNet"
  let source = "\(LM.source), reference code (DenseResNet)"
  let assumptions =
    LM.smallAssumptions + [
      "Trained weights of all states of a stage, divided by their sum; the source reports no number.",
      "Reduced: depth 20, 8000 images, 4 epochs, one seed.",
    ]

  private static let networks: [(title: String, family: LM.Family, scheme: String?)] = [
    ("ResNet", .resNet, nil), ("LM-ResNet", .multistep, "lm:k=trained"),
    ("dense multistep", .multistep, "dense-multistep:decay=trained"),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.network], seeds: LM.seeds(scale, reduced: 1))
    for (title, family, scheme) in Self.networks {
      var options = LM.images(scale, family, depth: 20).with(scheme: scheme)
      if scale == .smoke { options.maxSteps = 2 }
      plan.add([.text(title)], options)
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    let errors = try trials.overSeeds(
      "errors", "Test errors", source: source, column: LM.errorColumn, LM.error)
    let dense = trials.at(["network": "dense multistep"])
    return ExperimentResult(
      tables: [errors],
      plots: [LM.points("errors", "Test errors", of: errors, x: "network")],
      summary: ["ResNet", "LM-ResNet"].map { other in
        let pairs = PairedDifference(trials.at(["network": .text(other)]), dense)
        return "dense multistep against \(other): \(pairs.evidence)"
      },
      claims: [
        context.claim(
          "The dense multistep network trains by the recipe of the others",
          !dense.isEmpty && dense.allSatisfy { !$0.endedFailed },
          "final test accuracy \(dense.map { $0.finalAccuracy.percent }.joined(separator: ", "))")
      ])
  }
}
