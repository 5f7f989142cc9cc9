import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// How a small change of the input grows through the depth, against Proposition 2.
///
/// ```
/// e_n = |u_n^eps - u_n|,   e_n <= e_0 + h sum_{i<n} |f(u_i^eps) - f(u_i)| <= e_0 + h n W
/// ```
///
/// Norms are over the whole batch, e_0 the change at the beginning of a stage's own steps, W the largest of the changes
/// of the field in the stage. The noise is normal, `level` times the input in length, example by example. Bounds are for
/// forward Euler.
public struct Perturbation: Diagnostic {
  public let name = "perturbation"
  public let title = "growth of a perturbation through the depth against Proposition 2"
  public let equation = "e_n <= e_0 + h sum |f(u_i^eps) - f(u_i)| <= e_0 + h n W"
  public let source = "Robust ResNet (2019), equation 11 and Proposition 2"
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "level", standard: "0.1", "length of the perturbation over that of the input")
    ]
  }
  private var level = 0.1

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    result.level = try choice.number("level", in: 1e-9...1e6) ?? level
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    guard context.network?.inputShape.count == 1, let data = context.data,
      data.elementKind == .texts
    else { return nil }
    return "characters cannot be perturbed a little"
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let batch = try context.requiredData().batch(
      of: .test, examples: min(128, context.budget.examples))
    let inputs = batch.inputs
    let noise = try inputs.noise(Generator(seed: context.seed))
    let factors = zip(try inputs.lengths(), try noise.lengths()).map { level * $0 / $1 }
    let perturbed = try inputs + noise.scaled(byExample: factors)
    let passes = NetworkPasses(network: network)
    let clean = try passes.states(of: inputs).states
    let noisy = try passes.states(of: perturbed).states
    var table = DiagnosticTable(
      "perturbation", "Growth of a perturbation through the depth", source: source,
      notes: [
        "\(batch.count.of("test example")), in evaluation; the perturbation is \(level) times the input in length.",
        "Bounds begin again after every transition, with what is measured there.",
      ],
      columns: BlockPlace.columns + [
        .text("kind", "kind of block"),
        .number("difference", "change of the state"),
        .number("relative", "change over the state's length"),
        .number("telescoped", "bound of equation 11"),
        .number("paper", "bound of Proposition 2"),
      ])
    var bounds = Bounds()
    for (index, (before, after)) in zip(clean, noisy).enumerated() {
      let place = before.place
      let difference = try (after.state - before.state).length()
      if let step = place.step, place.kind == .step, let stage = place.stage {
        try bounds.add(
          step: step, of: network.stages[stage], clean[index - 1].state, noisy[index - 1].state)
      } else {
        bounds = Bounds(start: difference)
      }
      try table.append(
        place.cells + [
          .text(place.kind.rawValue), .number(difference),
          .number(difference / before.state.length()), .number(bounds.telescoped), .missing,
        ])
    }
    let complete = try withPaperBounds(table, network)
    let plots = [
      Plot(
        "perturbation", "Growth of a perturbation through the depth",
        subtitle: [context.label, "\(level) times the input in length"],
        layers: [
          line(table.name, "difference", "measured", dashed: false),
          line(table.name, "telescoped", "equation 11", dashed: true),
          line(table.name, "paper", "Proposition 2", dashed: true),
        ])
    ]
    let relative = complete.numbers("relative")
    var summary: [String] = []
    if let first = relative.first, let last = relative.last {
      summary.append(
        "a change of \(level.text) of the input is \(first.text) of the first state and "
          + "\(last.text) of the last")
    }
    return DiagnosticResult(tables: [complete], plots: plots, summary: summary)
  }

  private func line(_ table: String, _ column: String, _ label: JSONValue, dashed: Bool)
    -> Plot.Layer
  {
    .init(
      .line(points: !dashed, dashed: dashed), of: table, x: .column("block"),
      y: .column(column, scale: .log, title: "change of the state, batch norm"),
      color: .datum(label))
  }

  /// The sum of equation 11 from the beginning of a stage's own steps on.
  private struct Bounds {
    var telescoped: Double?

    init(start: Double? = nil) { telescoped = start }

    /// Adds `h |f(u^eps) - f(u)|` of one step; no bound where the scheme is another one.
    mutating func add(step: Int, of stage: Stage, _ u: Tensor, _ perturbed: Tensor) throws {
      guard let sum = telescoped, stage.scheme.isForwardEuler else {
        telescoped = nil
        return
      }
      telescoped =
        sum + stage.grid.sizes[step] * (try Perturbation.change(at: step, of: stage, u, perturbed))
    }
  }

  /// `|f(u^eps) - f(u)|`
  private static func change(at step: Int, of stage: Stage, _ u: Tensor, _ perturbed: Tensor)
    throws -> Double
  {
    let field = try stage.schedule.field(
      at: EvaluationPoint(step: step, node: 0, time: stage.grid.times[step]))
    let pass = NetworkPasses.pass(isTraining: false)
    return try withoutGradients { try (field(perturbed, pass) - field(u, pass)).length() }
  }

  /// Adds Proposition 2, which needs the largest change of the field in a stage: `telescoped_n - telescoped_{n-1}` is h
  /// times that of one step.
  private func withPaperBounds(_ table: DiagnosticTable, _ network: ResidualNetwork) throws
    -> DiagnosticTable
  {
    var result = DiagnosticTable(
      table.name, table.title, source: table.source, notes: table.notes, columns: table.columns)
    let kinds = table["kind"].map(\.text)
    let sums = table.numbers("telescoped")
    var start = 0
    for (index, row) in table.rows.enumerated() {
      if kinds[index] != BlockPlace.Kind.step.rawValue { start = index }
      let end =
        kinds[(start + 1)...].firstIndex { $0 != BlockPlace.Kind.step.rawValue } ?? kinds.count
      let largest = (start + 1..<end).map { sums[$0] - sums[$0 - 1] }.max() ?? 0
      var row = row
      let bound = sums[start] + Double(index - start) * largest
      row[row.count - 1] = sums[index].isFinite && bound.isFinite ? .number(bound) : .missing
      try result.append(row)
    }
    return result
  }
}
