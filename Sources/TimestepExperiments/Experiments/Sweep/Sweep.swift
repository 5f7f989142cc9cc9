import Foundation
import TimestepDiagnostics

/// `timestep sweep FILE`: trainings with every combination of some options, and what came out of each.
public struct Sweep: Experiment {
  public let id: String
  public let title: String
  public let source: String
  public var hasScales: Bool { false }
  private let file: SweepFile

  /// Reads a file; its name becomes that of the sweep.
  ///
  /// - Throws: ``RunError`` that names the file and the option.
  public init(_ file: URL) throws {
    try self.init(ConfigurationFile.text(of: file), from: file.path)
  }

  /// Parses YAML; `path` names the sweep and stands in error messages.
  ///
  /// - Throws: ``RunError``.
  public init(_ text: String, from path: String) throws {
    file = try SweepFile(text, from: path)
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    guard !name.isEmpty, !name.hasPrefix(".") else {
      throw RunError(.configuration, "\(path): its name cannot name a directory of results")
    }
    id = "sweep/\(name)"
    title =
      file.axes.isEmpty
      ? "one setting" : "varies " + file.axes.map(\.title).joined(separator: ", ")
    source = path
  }

  public func plan(_ scale: ExperimentScale) throws -> ExperimentPlan {
    var plan = ExperimentPlan(axes: file.axes, seeds: file.seeds, fewestEpochs: 1)
    plan.compared = nil
    var places: [String: String] = [:]
    for setting in file.settings {
      let place = file.axes.place(setting.values)
      do {
        let trial = try Trial(setting.values, setting.options, seed: 0)
        if let same = places.updateValue(place, forKey: trial.identity) {
          throw RunError(.configuration, "is the same training as \(same)")
        }
      } catch {
        let parts = [source, place, "\(error)"].filter { !$0.isEmpty }
        throw RunError(
          (error as? RunError)?.kind ?? .configuration, parts.joined(separator: ": "))
      }
      plan.add(setting.values, setting.options, isOptional: true)
    }
    return plan
  }

  public func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let measure = SweepMeasure(context.trials.all)
    let table = try context.trials.overSeeds(
      "sweep", "\(measure.column.title) of every setting", source: source, column: measure.column,
      isFailed: \.hasDiverged, measure.value)
    return ExperimentResult(
      tables: [table], plots: SweepPlot(context.trials, measure.column).map { [$0.plot] } ?? [],
      summary: summary(context.trials, measure))
  }

  /// The best setting, and how many trainings diverged.
  private func summary(_ trials: TrialOutcomes, _ measure: SweepMeasure) -> [String] {
    var groups: [[TableValue]: [Double]] = [:]
    for outcome in trials.all {
      if let number = measure.value(outcome) {
        groups[outcome.trial.values, default: []].append(number)
      }
    }
    let sign = measure.isLoss ? -1.0 : 1
    var lines: [String] = []
    if let best = groups.max(by: { sign * $0.value.median < sign * $1.value.median }) {
      let place = trials.axes.place(best.key)
      let unit = measure.column.unit.map { " \($0)" } ?? ""
      lines.append(
        "best \(measure.column.title): \(best.value.median.brief)\(unit)"
          + (place.isEmpty ? "" : " with \(place)")
          + (best.value.count > 1 ? ", the median of \(best.value.count) seeds" : ""))
    }
    let diverged = trials.all.count(where: \.hasDiverged)
    if diverged > 0 { lines.append("\(diverged) of \(trials.all.count) trainings diverged") }
    return lines
  }
}
