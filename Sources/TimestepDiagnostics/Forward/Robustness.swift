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
    let scale = metric.isShare ? 100.0 : 1
    var examples = 0
    for number in 0..<levels {
      let level = largest * Double(number) / Double(levels - 1)
      let generator = try Generator(seed: context.seed)
      var (values, losses) = ([Double](), [Double]())
      for _ in 0..<(level == 0 ? 1 : draws) {
        var (sums, loss) = ([Double](), 0.0)
        examples = 0
        try data.forEachBatch(of: .test, examples: context.budget.examples) { batch in
          try withoutGradients {
            var inputs = batch.inputs
            if level > 0 { inputs = try inputs.adding(inputs.noise(generator), scaledBy: level) }
            let outputs = try network(inputs, .evaluation)
            let more = try data.objective.sums(outputs, batch.targets, forAll: false)
            sums = sums.isEmpty ? more : zip(sums, more).map(+)
            loss += try data.objective.loss(outputs, batch.targets).scalar() * Double(batch.count)
          }
          examples += batch.count
          return true
        }
        guard !sums.isEmpty else {
          throw DiagnosticError(.badData, name, "the test part holds no examples")
        }
        values.append(scale * data.objective.values(sums)[0])
        losses.append(loss / Double(examples))
      }
      try table.append([
        .number(level), .number(values.mean), .number(values.min()), .number(values.max()),
        .number(losses.mean), .integer(values.count),
      ])
    }
    table.notes = [
      "\(examples) test examples; the same draws of noise, scaled, for every level.",
      "The network saw no such noise in training unless its configuration says so.",
    ]
    let plot = Plot(
      "robustness", table.title, subtitle: [context.label],
      layers: [
        .init(
          .area(), of: table.name, x: .column("level"), y: .column("lowest", isShown: true),
          y2: .column("highest")),
        .init(.line(points: true), of: table.name, x: .column("level"), y: .column("metric")),
      ])
    let values = table.numbers("metric")
    let half = zip(table.numbers("level"), values).first { $0.1 < (values.first ?? 0) / 2 }
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: [
        "\(metric.title) \((values.first ?? .nan).text) without noise, "
          + "\((values.last ?? .nan).text) at s = \(largest.text)"
          + (metric.isShare ? (half.map { "; halved by s = \($0.0.text)" } ?? "") : "")
      ])
  }
}
