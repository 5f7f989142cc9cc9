import Foundation
import TimestepDiagnostics

extension ExperimentPlan {
  /// The plan made smaller until it fits: seeds first, then epochs, then the settings that claims can do without, last
  /// ones first and with all that they are compared with.
  ///
  /// - Parameters:
  ///   - seconds: what one seed of a setting takes on one worker with its epochs.
  ///   - workers: trials side by side.
  ///   - budget: seconds for all.
  /// - Returns: the plan, and what was left out, in words.
  package func reduced(
    to budget: Double, workers: Int, seconds: (Setting) -> Double
  ) -> (plan: ExperimentPlan, reductions: [String]) {
    var plan = self
    var reductions: [String] = []
    func cost() -> Double {
      plan.settings.map(seconds).reduce(0, +) * Double(plan.seeds.count) / Double(max(workers, 1))
    }
    while cost() > budget, plan.seeds.count > 1 { plan.seeds.removeLast() }
    if plan.seeds.count < seeds.count {
      reductions.append("\(plan.seeds.count) of \(seeds.count) seeds")
    }
    let most = settings.compactMap(\.options.epochs).max() ?? 0
    var epochs = most
    while cost() > budget, epochs > fewestEpochs {
      epochs -= 1
      for index in plan.settings.indices {
        plan.settings[index].options.shorten(to: epochs, from: settings[index].options)
      }
    }
    if epochs < most { reductions.append("\(epochs) of \(most) epochs") }
    while cost() > budget, let last = plan.settings.last(where: \.isOptional) {
      let place = self.place(of: last)
      plan.settings.removeAll { $0.isOptional && self.place(of: $0) == place }
    }
    if plan.settings.count < settings.count {
      reductions.append("\(plan.settings.count) of \(settings.count) settings")
    }
    if cost() > budget {
      reductions.append(
        String(
          format: "the smallest version takes about %.0f minutes, more than the budget of %.0f",
          cost() / 60, budget / 60))
    }
    return (plan, reductions)
  }

  /// Where a setting lies on the axes along which nothing is compared.
  private func place(of setting: Setting) -> [TableValue] {
    zip(axes, setting.values).filter { $0.0.name != compared }.map(\.1)
  }
}

extension RunOptions {
  /// The same training in fewer epochs, its drops of the learning rate at the same shares of them, each in an epoch of
  /// its own before the last; the first ones are left out where there are too few.
  package mutating func shorten(to epochs: Int, from whole: RunOptions) {
    guard let all = whole.epochs, all > epochs else { return }
    self.epochs = epochs
    guard let drops = whole.dropAt else { return }
    var next = Double(epochs)
    var kept: [Double] = []
    for drop in drops.reversed() {
      next = min((drop * Double(epochs) / Double(all)).rounded(), next - 1)
      if next >= 1 { kept.insert(next, at: 0) }
    }
    dropAt = kept
  }
}
