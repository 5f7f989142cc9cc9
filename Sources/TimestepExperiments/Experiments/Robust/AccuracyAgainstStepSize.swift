import TimestepDiagnostics

/// `robust/fig9`: accuracy against the step size h at several depths.
struct AccuracyAgainstStepSize: Experiment {
  let id = "robust/fig9"
  let title = "accuracy against the step size h"
  let source = "\(Robust.source), figure 9"
  let assumptions =
    Robust.smallAssumptions + [
      "The grids of the figure are lost but for their ends; full: 0.001, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20 for images "
        + "and 0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1 for texts."
    ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Robust.part, Robust.depth, Robust.h], seeds: Robust.seeds(scale, reduced: 2))
    for depth in scale.choose(smoke: [8], reduced: [20, 110], full: [20, 110, 218]) {
      for h in scale.choose(
        smoke: [0.001, 0.1, 20], reduced: [0.001, 0.01, 0.1, 0.5, 1, 5, 20],
        full: [0.001, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20])
      {
        plan.add(
          ["images", .integer(depth), .number(h)], Robust.images(scale, depth: depth, h: h),
          isOptional: [0.01, 5].contains(h))
      }
    }
    for depth in scale.choose(smoke: [], reduced: [17], full: [17, 49]) {
      for h in scale.choose(
        smoke: [], reduced: [0.01, 0.1, 0.3, 0.5, 0.8, 1],
        full: [0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1])
      {
        plan.add(
          ["texts", .integer(depth), .number(h)], Robust.texts(scale, depth: depth, h: h),
          isOptional: true)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "accuracy-step-size", "Test accuracy against the step size", source: source,
      column: Robust.accuracy
    ) { 100 * $0.bestAccuracy }
    let parts = context.trials.values("part")
    let curves = parts.flatMap { part in
      context.trials.depths(of: part).map { Curve(context.trials, part, depth: $0) }
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        Robust.plot(
          "accuracy-step-size", "Test accuracy against the step size", of: table,
          x: .column("h", scale: .log), color: .column("depth", .nominal), bars: true,
          facet: parts.count > 1 ? "part" : nil)
      ],
      claims: curves.flatMap { claims(context, $0) + endClaims(context, $0) }
        + claims(context, between: curves),
      published: published(curves))
  }

  /// Median accuracies of one depth.
  private struct Curve {
    let part: TableValue
    let depth: Double
    let sizes: [Double]
    let outcomes: [[TrialOutcome]]
    let medians: [Double]

    init(_ trials: TrialOutcomes, _ part: TableValue, depth: Double) {
      let place: [String: TableValue] = ["part": part, "depth": .number(depth)]
      let sizes = Set(trials.at(place).compactMap { trials.value("h", of: $0).number }).sorted()
      outcomes = sizes.map { h in trials.at(place.merging(["h": .number(h)]) { $1 }) }
      medians = outcomes.map { $0.map(\.bestAccuracy).median }
      (self.part, self.depth, self.sizes) = (part, depth, sizes)
    }

    var best: (h: Double, accuracy: Double) {
      zip(sizes, medians).max { $0.1 < $1.1 }.map { ($0.0, $0.1) } ?? (.nan, .nan)
    }
    /// The best h of each seed.
    var bestOfSeeds: [Double] {
      (0..<(outcomes.map(\.count).min() ?? 0)).map { seed in
        zip(sizes, outcomes).max { $0.1[seed].bestAccuracy < $1.1[seed].bestAccuracy }?.0 ?? .nan
      }
    }
    /// What h = 1 loses against the best, by medians; NaN where it was not tried.
    var loss: Double { best.accuracy - accuracies(1).median }
    /// The same seed by seed.
    var losses: [Double] {
      zip(accuracies(best.h), accuracies(1)).map { $0 - $1 }
    }
    /// The accuracies with a step size, seed by seed; none where it was not tried.
    func accuracies(_ h: Double) -> [Double] {
      sizes.firstIndex(of: h).map { outcomes[$0].map(\.bestAccuracy) } ?? []
    }
    var name: String { "\(part), depth \(Int(depth))" }
  }

  private func claims(_ context: ExperimentContext, _ curve: Curve) -> [Claim] {
    let ends = [0, curve.sizes.count - 1]
    guard curve.sizes.count > 2 else { return [] }
    return [
      context.claim(
        "\(curve.name): too small a step underfits and too large a step harms, with the best in between",
        ends.map {
          Comparison(curve.accuracies(curve.best.h), curve.accuracies(curve.sizes[$0])).isGreater()
        }.all,
        "best \(curve.best.accuracy.percent) at h = \(curve.best.h.brief); "
          + ends.map { "\(curve.medians[$0].percent) at \(curve.sizes[$0].brief)" }
          .joined(separator: ", "))
    ]
  }

  /// What the text says of the smallest step, and of large ones in the network of depth 110.
  private func endClaims(_ context: ExperimentContext, _ curve: Curve) -> [Claim] {
    var claims: [Claim] = []
    let smallest = curve.accuracies(0.001)
    if !smallest.isEmpty {
      let (low, spread) = (smallest.median, smallest.spread)
      let others = curve.sizes.filter { $0 != 0.001 }.map { curve.accuracies($0).spread }
      claims.append(
        context.claim(
          "\(curve.name): with h = 0.001 accuracy is low and its spread over seeds small",
          curve.outcomes.contains { $0.count < 2 } || others.isEmpty
            ? nil : low < curve.best.accuracy && spread < others.median,
          "median \(low.percent), best \(curve.best.accuracy.percent); standard deviation \(spread.percent), median of "
            + "the other steps' \(others.median.percent)"))
    }
    let large = zip(curve.sizes, curve.outcomes).filter { $0.0 >= 5 }.flatMap(\.1)
    if curve.part == "images", curve.depth == 110, !large.isEmpty {
      let failed = large.count(where: \.hasFailed)
      claims.append(
        context.claim(
          "\(curve.name): with h of 5 and more most trainings fail", 2 * failed > large.count,
          "\(failed) of \(large.count) failed"))
    }
    return claims
  }

  /// Images only, which have two depths at reduced scale.
  private func claims(_ context: ExperimentContext, between curves: [Curve]) -> [Claim] {
    let images = curves.filter { $0.part == "images" }
    guard let shallow = images.first, let deep = images.last, images.count > 1 else { return [] }
    let largest = shallow.medians.last ?? .nan
    return [
      context.claim(
        "The best step is not larger for the deeper network", deep.best.h <= shallow.best.h,
        "\(deep.best.h.brief) at depth \(Int(deep.depth)), \(shallow.best.h.brief) at depth \(Int(shallow.depth))"
      ),
      context.claim(
        "What h = 1 loses against the best step grows with depth",
        Comparison(deep.losses, shallow.losses).isGreater(),
        "\(deep.loss.percent) at depth \(Int(deep.depth)), \(shallow.loss.percent) at depth \(Int(shallow.depth))"
      ),
      context.claim(
        "The shallow network bears every step from 0.1 to 20 (within 5 points of its best)",
        zip(shallow.sizes, shallow.medians).allSatisfy {
          $0 < 0.1 || $1 > shallow.best.accuracy - 0.05
        }, "\(largest.percent) with the largest step, \(shallow.best.accuracy.percent) at best"),
    ]
  }

  /// Section 4.3.
  private func published(_ curves: [Curve]) -> [PublishedNumber] {
    let best: [(String, Double, Double)] = [
      ("images", 110, 0.1), ("images", 218, 0.1), ("texts", 49, 0.3), ("texts", 17, 0.5),
    ]
    let steps = best.map { part, depth, h in
      PublishedNumber(
        "best h, \(part), depth \(Int(depth))", published: h,
        ours: curves.first { $0.part == .text(part) && $0.depth == depth }?.bestOfSeeds ?? [])
    }
    let large = curves.filter { $0.part == "texts" }.flatMap { curve in
      zip(curve.sizes, curve.outcomes).filter { $0.0 >= 0.8 }.flatMap(\.1)
    }
    return steps + [
      PublishedNumber(
        "failed trainings on texts with h of 0.8 and more", unit: "%", published: 60,
        ours: large.isEmpty
          ? [] : [100 * Double(large.count(where: \.hasFailed)) / Double(large.count)])
    ]
  }
}

extension TrialOutcomes {
  /// The depths of a part, ascending.
  fileprivate func depths(of part: TableValue) -> [Double] {
    Set(at(["part": part]).compactMap { value("depth", of: $0).number }).sorted()
  }
}
