import TimestepDiagnostics

/// `robust/fig8`: accuracy on clean test examples after training on noisy ones, for h = 1 and h = 0.1.
struct AccuracyAgainstNoise: Experiment {
  let id = "robust/fig8"
  let title = "training on noisy examples, accuracy on clean ones"
  let source = "\(Robust.source), figure 8"
  let assumptions =
    Robust.smallAssumptions + [
      "Images: normal noise on normalised pixels, one field for each image and seed, added before shift and flip; the "
        + "levels of the figure are lost, full: 0, 0.1, 0.3, 0.5, 0.8, 1.",
      "Texts: floor(p L) of L characters, drawn with replacement, become a letter from a to z. Full: VDCNN-49 at a fixed "
        + "learning rate of 0.01; reduced: VDCNN-29 at 0.1, dropped twice.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.part, .number("level", "noise level"), Robust.h],
      seeds: Robust.seeds(scale, reduced: 2))
    for level in scale.choose(
      smoke: [0, 0.8], reduced: [0, 0.3, 0.8], full: [0, 0.1, 0.3, 0.5, 0.8, 1])
    {
      for h in [1, 0.1] {
        var options = Robust.images(
          scale, depth: scale.choose(smoke: 8, reduced: 110, full: 218), h: h)
        if level > 0 { options.corruption = ["pixel-noise:level=\(level)"] }
        plan.add(["images", .number(level), .number(h)], options)
      }
    }
    for level in scale.choose(smoke: [0.8], reduced: [0, 0.3, 0.8], full: [0, 0.1, 0.3, 0.5, 0.8]) {
      for h in [1, 0.1] {
        var options = Robust.texts(
          scale, depth: scale.choose(smoke: 9, reduced: 29, full: 49), h: h,
          rate: scale == .full ? 0.01 : 0.1)
        if level > 0 { options.corruption = ["character-noise:level=\(level)"] }
        plan.add(["texts", .number(level), .number(h)], options, isOptional: true)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy-noise", "Accuracy on clean examples against the noise in training", source: source,
      column: Robust.accuracy
    ) { 100 * $0.bestAccuracy }
    return ExperimentResult(
      tables: [table],
      plots: [
        Robust.plot(
          "accuracy-noise", "Accuracy on clean examples against the noise in training", of: table,
          x: .column("level"), bars: true, facet: "part")
      ], claims: context.trials.values("part").flatMap { claims(context, $0) })
  }

  private func claims(_ context: ExperimentContext, _ part: TableValue) -> [Claim] {
    let levels = Set(
      context.trials.at(["part": part])
        .compactMap { context.trials.value("level", of: $0).number }
    ).sorted()
    let pairs = levels.map { context.trials.pair(["part": part, "level": .number($0)]) }
    let texts = zip(levels, pairs).map { level, pair in
      "\(level.brief): " + pair.gains.map(\.percent).joined(separator: ", ")
    }
    let steadier = pairs.compactMap(\.isSteadier)
    let clean = pairs.map { $0.small.map(\.bestAccuracy).median }
    return [
      context.claim(
        "On \(part), h = 0.1 is more accurate than h = 1 at every level and with every seed",
        pairs.map { $0.gains.count > 1 ? $0.gains.allSatisfy { $0 > 0 } : nil }.all,
        "h = 0.1 minus h = 1 by level: " + texts.joined(separator: "; ")),
      context.claim(
        "On \(part), the spread over seeds is smaller with h = 0.1",
        steadier.isEmpty ? nil : steadier.allSatisfy { $0 },
        "\(steadier.filter { $0 }.count) of \(steadier.count) levels with several seeds none of which fails"
      ),
      context.claim(
        "On \(part), accuracy with h = 0.1 falls as the noise grows",
        pairs.first.flatMap { Comparison($0.small, pairs.last?.small ?? []).isGreater() }
          .map { $0 && zip(clean, clean.dropFirst()).allSatisfy { $0 > $1 } },
        zip(levels, clean).map { "\($1.percent) at \($0.brief)" }.joined(separator: ", ")),
    ]
  }
}
