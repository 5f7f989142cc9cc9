import Foundation
import TimeStepping
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// How well a network does on inputs with noise that it was not trained with.
///
/// ```
/// metric(s) = metric of the network on x + s xi,   xi ~ N(0, I) on normalised inputs
/// ```
public struct Robustness: Diagnostic {
  public let name = "robustness"
  public let title = "accuracy against noise in the input"
  public let equation = "accuracy of x + s xi, xi ~ N(0, I)"
  public let source = "Robust ResNet (2019), sections 3.2 and 4.3"
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("largest", standard: "1", "largest standard deviation s"),
      ArgumentDescription("levels", standard: "9", "levels from 0 to the largest"),
      ArgumentDescription("draws", standard: "3", "draws of the noise for each level"),
    ]
  }
  private var largest = 1.0
  private var levels = 9
  private var draws = 3

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    result.largest = try choice.number("largest", in: 1e-9...1e6) ?? largest
    result.levels = try choice.integer("levels", in: 2...10_000) ?? levels
    result.draws = try choice.integer("draws", in: 1...10_000) ?? draws
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    context.data?.elementKind == .texts ? "characters cannot be perturbed a little" : nil
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let metric = data.objective.metrics[0]
    var table = DiagnosticTable(
      "robustness", "\(metric.title.capitalizedFirst) against noise in the input", source: source,
      columns: [
        .number("level", "standard deviation of the noise, in those of a normalised input"),
        .number("metric", "test \(metric.title)", unit: metric.isShare ? "%" : nil),
        .number("lowest", "lowest of the draws", unit: metric.isShare ? "%" : nil),
        .number("highest", "highest of the draws", unit: metric.isShare ? "%" : nil),
        .number("loss", "test loss"), .integer("draws", "draws"),
      ])
    let (levels, examples) = try measure(network, data, context)
    for level in levels where !level.metrics.isEmpty {
      let values = level.metrics
      try table.append([
        .number(level.size), .number(values.mean), .number(values.min()), .number(values.max()),
        .number(level.losses.mean), .integer(values.count),
      ])
    }
    table.notes = [
      "\(examples.of("test example")); the same draws of noise, scaled, for every level.",
      "The network saw no such noise in training unless its configuration says so.",
    ]
    let wanted = levels.reduce(0) { $0 + draws(at: $1.size) }
    let made = levels.reduce(0) { $0 + $1.metrics.count }
    var summary: [String] = []
    if made < wanted {
      let notice =
        "\(made) of \(wanted) evaluations were made in the time, at \(table.rows.count) of \(levels.count) levels; "
        + "give more with --seconds"
      table.notes.append(notice)
      summary = [notice]
    }
    let plot = Plot(
      "robustness", table.title, subtitle: [context.label],
      layers: [
        .init(
          .area(), of: table.name, x: .column("level"), y: .column("lowest", isShown: true),
          y2: .column("highest")),
        .init(.line(points: true), of: table.name, x: .column("level"), y: .column("metric")),
      ])
    let values = table.numbers("metric")
    let last = (table.numbers("level").last ?? 0).text
    let half = zip(table.numbers("level"), values).first { $0.1 < (values.first ?? 0) / 2 }
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: [
        "\(metric.title) \((values.first ?? .nan).text) without noise, "
          + "\((values.last ?? .nan).text) at s = \(last)"
          + (metric.isShare ? (half.map { "; halved by s = \($0.0.text)" } ?? "") : "")
      ] + summary)
  }

  /// What was found at a standard deviation, draw by draw.
  private struct Level {
    let size: Double
    let generator: Generator
    var metrics: [Double] = []
    var losses: [Double] = []
  }

  /// How often noise is drawn at a level.
  private func draws(at level: Double) -> Int { level == 0 ? 1 : draws }

  /// One draw at every level, then the next, until the time is up; the first level is always measured.
  private func measure(
    _ network: ResidualNetwork, _ data: DiagnosticData, _ context: DiagnosticContext
  ) throws -> (levels: [Level], examples: Int) {
    let began = ContinuousClock.now
    var all = try (0..<levels).map {
      Level(
        size: largest * Double($0) / Double(levels - 1),
        generator: try Generator(seed: context.seed))
    }
    let scale = data.objective.metrics[0].isShare ? 100.0 : 1
    var examples = 0
    for draw in 0..<draws {
      for number in all.indices where draw < draws(at: all[number].size) {
        let spent = (ContinuousClock.now - began) / Duration.seconds(1)
        if examples > 0, spent > context.budget.seconds { return (all, examples) }
        let level = all[number]
        let found = try TestEvaluation(
          of: network, on: data, examples: context.budget.examples, for: name
        ) { inputs in
          level.size == 0
            ? inputs : try inputs.adding(inputs.noise(level.generator), scaledBy: level.size)
        }
        all[number].metrics.append(scale * found.metric)
        all[number].losses.append(found.loss)
        examples = found.examples
      }
    }
    return (all, examples)
  }
}
