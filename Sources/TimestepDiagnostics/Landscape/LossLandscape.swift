import Foundation
import TimeStepping
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// `loss-landscape`: the loss of a trained network around its parameters, in a random plane of filter-normalised
/// directions, along one such direction, or along the line to the parameters of another training.
public struct LossLandscape: Diagnostic {
  public let name = "loss-landscape"
  public let title = "loss around the trained parameters, in a plane or along a line"
  public let equation = "L(theta + a d_1 + b d_2),  |d_i| = |theta_i| for every filter i"
  public let source =
    "Li, Xu, Taylor, Studer and Goldstein 2018, section 4; lecture, smooth objective"
  public let input = DiagnosticInput.trainedRun
  public let arguments = [
    ArgumentDescription("axes", standard: "2", "random directions, 1 or 2"),
    ArgumentDescription("points", standard: "21", "along each axis"),
    ArgumentDescription("extent", standard: "1", "from -extent to extent along each axis"),
    ArgumentDescription(
      "examples", standard: "256", "of the training part, over which the loss is a mean"),
    ArgumentDescription(
      "to", standard: "none",
      "a file of parameters of the same network: the line there, from -0.5 to 1.5, in the place of random directions"
    ),
  ]
  /// Random directions.
  public var axes = 2
  /// Points along each axis.
  public var points = 21
  /// The largest factor of a direction.
  public var extent = 1.0
  /// Examples over which the loss is a mean.
  public var examples = 256
  /// The file of the other end of a line.
  public var end: String?

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.axes = try choice.integer("axes", in: 1...2) ?? axes
    copy.points = try choice.integer("points", in: 3...501) ?? points
    copy.extent = try choice.number("extent", in: 1e-6...1e3) ?? extent
    copy.examples = try choice.integer("examples", in: 1...1_000_000) ?? examples
    if let file = choice.values["to"], file != "none" {
      if choice.values["axes"] != nil || choice.values["extent"] != nil {
        throw ArgumentError(
          "diagnostic", name, "to is a line to a file; axes and extent are for random directions")
      }
      copy.end = file
    }
    return copy
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let plane = try ParameterPlane(network.parameters)
    var batches: [TensorBatch] = []
    try data.forEachBatch(of: .train, examples: min(examples, context.budget.examples)) {
      batches.append($0)
      return true
    }
    let directions: [ParameterPlane.Direction]
    let axis: [Double]
    if let end {
      let file = try Safetensors(contentsOf: URL(fileURLWithPath: end))
      directions = [try plane.direction(to: file, named: end)]
      axis = (0..<points).map { -0.5 + 2 * Double($0) / Double(points - 1) }
    } else {
      let generator = try Generator(seed: context.seed)
      directions = try (0..<axes).map { _ in try plane.randomDirection(generator) }
      axis = (0..<points).map { extent * (2 * Double($0) / Double(points - 1) - 1) }
    }
    func loss() throws -> Double {
      try withoutGradients {
        var (sum, count) = (0.0, 0)
        for batch in batches {
          let outputs = try network(batch.inputs, .evaluation)
          sum += try data.objective.loss(outputs, batch.targets).scalar() * Double(batch.count)
          count += batch.count
        }
        return sum / Double(max(count, 1))
      }
    }
    // What one evaluation costs decides on how many examples there is time for.
    let begin = Date()
    var center = try loss()
    let cost =
      Date().timeIntervalSince(begin)
      * Double(axis.count * (directions.count == 1 ? 1 : axis.count))
    var notes = [
      "Mean over \(batches.reduce(0) { $0 + $1.count }.of("example")) of the training part, in evaluation passes."
    ]
    if cost > context.budget.seconds, batches.count > 1 {
      let kept = max(1, Int(Double(batches.count) * context.budget.seconds / cost))
      if kept < batches.count {
        batches = Array(batches.prefix(kept))
        center = try loss()
        notes = [
          "Mean over \(batches.reduce(0) { $0 + $1.count }.of("example")) of the training part, for more of which there was "
            + "no time, in evaluation passes."
        ]
      }
    }
    notes.append("At the parameters themselves the loss is \(center).")
    return try directions.count == 1
      ? line(plane, directions, axis, notes, context.label, loss)
      : surface(plane, directions, axis, notes, context.label, loss)
  }

  private func line(
    _ plane: ParameterPlane, _ directions: [ParameterPlane.Direction], _ axis: [Double],
    _ notes: [String], _ label: String, _ loss: () throws -> Double
  ) throws -> DiagnosticResult {
    let title = end == nil ? "along a random direction" : "along the line to other parameters"
    let values = try plane.visit(axis.map { [$0] }, along: directions) { _ in try loss() }
    var table = DiagnosticTable(
      "loss-line", "Loss \(title)", source: source, notes: notes,
      columns: [.number("a", "a"), .number("loss", "loss")])
    for (a, value) in zip(axis, values) { try table.append([.number(a), Self.cell(value)]) }
    let empty = Self.emptied(values)
    table.notes += empty
    let plot = Plot(
      "loss-line", "Loss \(title)",
      subtitle: [label, end == nil ? "a = 0: trained" : "a = 0: trained, a = 1: the other"],
      layers: [
        .init(.line(points: true), of: table.name, x: .column("a"), y: .column("loss"))
      ])
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: ["loss \(title): \(values.filter(\.isFinite).range)"] + empty)
  }

  private func surface(
    _ plane: ParameterPlane, _ directions: [ParameterPlane.Direction], _ axis: [Double],
    _ notes: [String], _ label: String, _ loss: () throws -> Double
  ) throws -> DiagnosticResult {
    let places = axis.flatMap { b in axis.map { [$0, b] } }
    let values = try plane.visit(places, along: directions) { _ in try loss() }
    let half = extent / Double(points - 1)
    var table = DiagnosticTable(
      "loss-surface", "Loss in a random plane", source: source, notes: notes,
      columns: [
        .number("a", "a"), .number("a_end", "a"), .number("b", "b"), .number("b_end", "b"),
        .number("loss", "loss"),
      ])
    for (place, value) in zip(places, values) {
      try table.append([
        .number(place[0] - half), .number(place[0] + half), .number(place[1] - half),
        .number(place[1] + half), Self.cell(value),
      ])
    }
    let empty = Self.emptied(values)
    table.notes += empty
    let grid = axis.indices.map { Array(values[$0 * axis.count..<($0 + 1) * axis.count]) }
    let minima = GridMinima.interior(grid).count
    let domain: [JSONValue] = [.number(-extent - half), .number(extent + half)]
    let plot = Plot(
      "loss-surface", "Loss in a random plane around the trained parameters",
      subtitle: [label, "filter-normalised directions; (0, 0): trained"],
      layers: [
        .init(
          .rectangle(), of: table.name, x: .column("a", domain: domain),
          y: .column("b", domain: domain), x2: .column("a_end"), y2: .column("b_end"),
          color: .column("loss", scale: .log, colorScheme: "viridis"))
      ], width: 460, height: 420)
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: [
        "loss in the plane: \(values.filter(\.isFinite).range); \(minima) interior local "
          + (minima == 1 ? "minimum" : "minima")
      ] + empty)
  }

  /// A loss; nothing where it is no finite number.
  private static func cell(_ loss: Double) -> TableValue {
    loss.isFinite ? .number(loss) : .missing
  }

  /// How many losses are no finite numbers, in words; none where all are.
  private static func emptied(_ losses: [Double]) -> [String] {
    let count = losses.count { !$0.isFinite }
    return count == 0
      ? [] : ["at \(count) of \(losses.count) points the loss is not finite; their cells are empty"]
  }
}
