import Foundation
import TimestepDiagnostics

/// `robust/fig5`: accuracy against depth without batch normalisation, for h = 1 and h = 0.1.
struct AccuracyWithoutNormalization: Experiment {
  let id = "robust/fig5"
  let title = "accuracy against depth without batch normalisation"
  let source = "\(Robust.source), figure 5"
  let assumptions =
    Robust.smallAssumptions + [
      "Every batch normalisation is left out, also in the stem and on shortcuts; the 3x3 convolutions get a bias, the 1x1 "
        + "on shortcuts get none.",
      "Reduced: 8 epochs at a fixed learning rate of 0.1, since less teaches these networks nothing; images only: no "
        + "text network of any depth leaves the accuracy of a guess in so few steps.",
      "A training counts as failed by its final accuracy: what fails here stays at the loss of a guess.",
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.part, Robust.depth, Robust.h], seeds: Robust.seeds(scale, reduced: 3),
      fewestEpochs: 8)
    for depth in scale.choose(
      smoke: [8, 20], reduced: [8, 20, 44, 110], full: [20, 44, 110, 218])
    {
      for h in [1, 0.1] {
        var options = Robust.images(scale, depth: depth, h: h, epochs: 8)
        options.batchNorm = false
        if scale == .reduced { options.dropAt = [] }
        plan.add(
          ["images", .integer(depth), .number(h)], options, isOptional: [8, 110].contains(depth))
      }
    }
    guard scale == .full else { return plan }
    for depth in [9, 17, 29, 49] {
      for h in [1, 0.1] {
        var options = Robust.texts(scale, depth: depth, h: h)
        options.batchNorm = false
        plan.add(["texts", .integer(depth), .number(h)], options, isOptional: true)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy-depth", "Test accuracy against depth without batch normalisation", source: source,
      column: Robust.accuracy, isFailed: \.endedFailed
    ) { 100 * $0.bestAccuracy }
    let parts = context.trials.values("part")
    let deepest = context.trials.at(["depth": 110, "h": 1])
    return ExperimentResult(
      tables: [table],
      plots: [
        Robust.plot(
          "accuracy-depth", "Test accuracy without batch normalisation", of: table,
          x: .column("depth", .ordinal), facet: parts.count > 1 ? "part" : nil)
      ], claims: parts.flatMap { claims(context, $0) },
      published: [
        PublishedNumber(
          "failed trainings of depth 110 with h = 1", unit: "%", published: 40,
          ours: deepest.isEmpty
            ? [] : [100 * Double(deepest.count(where: \.endedFailed)) / Double(deepest.count)])
      ])
  }

  private func claims(_ context: ExperimentContext, _ part: TableValue) -> [Claim] {
    let depths = context.trials.at(["part": part])
      .compactMap { context.trials.value("depth", of: $0).number }
    guard let shallow = depths.min(), let deep = depths.max() else { return [] }
    func pair(_ depth: Double) -> StepSizePair {
      context.trials.pair(["part": part, "depth": .number(depth)])
    }
    let (first, last) = (pair(shallow), pair(deep))
    let beyond = Set(depths.filter { $0 >= 44 }).sorted().map(pair)
    let failed = (
      small: beyond.flatMap(\.small).count(where: \.endedFailed),
      large: beyond.flatMap(\.large).count(where: \.endedFailed)
    )
    let losses = (
      small: last.small.compactMap(\.summary.finalTrainLoss).median,
      large: last.large.compactMap(\.summary.finalTrainLoss).median
    )
    let chance = -log(last.large.first?.chance ?? .nan)
    return [
      context.claim(
        "On \(part), h = 0.1 beats h = 1 at the greatest depth, by more than 20 points, and by more than at the smallest",
        [
          Comparison(last.small, last.large).isGreater(by: 0.2),
          Comparison(last.gains, first.gains).isGreater(),
        ].all,
        "depth \(Int(deep)): \(last.gain.percent), depth \(Int(shallow)): \(first.gain.percent)"),
      context.claim(
        "On \(part), deep networks fail with h = 1 and train with h = 0.1",
        beyond.isEmpty ? nil : failed.large > 0 && failed.small == 0,
        "failed at depths of 44 and more: \(failed.large) of \(beyond.flatMap(\.large).count) with h = 1, "
          + "\(failed.small) of \(beyond.flatMap(\.small).count) with h = 0.1"),
      context.claim(
        "On \(part), the deepest network with h = 1 stays at the loss of a guess, with h = 0.1 it learns",
        last.small.isEmpty || last.large.isEmpty
          ? nil : losses.large > 0.95 * chance && losses.small < 0.8 * chance,
        "final training loss \(losses.large.brief) with h = 1, \(losses.small.brief) with h = 0.1; a guess has "
          + "\(chance.brief)"),
    ]
  }
}
