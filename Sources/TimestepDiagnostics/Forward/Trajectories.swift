import Foundation
import TimeStepping
import TimestepData
import TimestepNetworks
import TimestepTorch

/// How points move through a network whose states are points in the plane: small multiples, and an animation.
///
/// ```
/// u_0 = x,  u_1,  ...,  u_D
/// ```
public struct Trajectories: Diagnostic {
  public let name = "trajectories"
  public let title = "states of a network in the plane, as pictures and as an animation"
  public let equation = "u_0, u_1, ..., u_D in R^2"
  public let source = "Robust ResNet (2019), figure 7; lecture \"Residual Neural Networks\""
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("pictures", standard: "9", "blocks that are shown as pictures"),
      ArgumentDescription("points", standard: "400", "most test points"),
    ]
  }
  private var pictures = 9
  private var points = 400

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    result.pictures = try choice.integer("pictures", in: 2...1000) ?? pictures
    result.points = try choice.integer("points", in: 1...100_000) ?? points
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    guard let network = context.network, let data = context.data else { return nil }
    guard network.inputShape.count == 1, data.elementKind == .points else {
      return "the states are no points in the plane; a network such as dense-30 has such states"
    }
    guard case .classification = data.task else {
      return "colours are classes, and this task has none"
    }
    return nil
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let names = data.task.names
    let passes = NetworkPasses(network: network)
    var states: [[Double]] = []
    var (labels, places) = ([Int](), [BlockPlace]())
    var correct = 0
    let examples = min(points, context.budget.examples)
    try data.forEachBatch(of: .test, examples: examples) { batch in
      let found = try passes.states(of: batch.inputs)
      for (index, (place, state)) in found.states.enumerated() {
        guard state.shape.count == 2, state.shape[1] == 2 else {
          throw DiagnosticError(
            .doesNotApply, name,
            "the state at \(place.path) has the shape \(state.shape.dropFirst()), and is no point in the "
              + "plane; a network such as dense-30 has such states")
        }
        if states.count <= index {
          states.append([])
          places.append(place)
        }
        states[index] += try state.scalars(Double.self)
      }
      let targets = try batch.targets.scalars(Int64.self).map(Int.init)
      let classes = try found.outputs.argmax(1).scalars(Int64.self).map(Int.init)
      correct += zip(targets, classes).count { $0 == $1 }
      labels += targets
      return true
    }
    guard !labels.isEmpty else {
      throw DiagnosticError(.badData, name, "the test part holds no examples")
    }
    let last = states.count - 1
    let shown = Set((0..<pictures).map { $0 * last / max(pictures - 1, 1) }).sorted()
    var table = DiagnosticTable(
      "trajectories", "States in the plane", source: source,
      notes: [
        "\(labels.count.of("test point")); block 0 is the state before the first.",
        "The animation (trajectories.html) shows every block.",
      ],
      columns: [
        .integer("block", "block"), .integer("point", "point"), .text("class", "class"),
        .number("x", "first coordinate"), .number("y", "second coordinate"),
      ])
    for index in shown {
      for (point, label) in labels.enumerated() {
        try table.append([
          .integer(places[index].number), .integer(point),
          .text(names.indices.contains(label) ? names[label] : "class \(label)"),
          .number(states[index][2 * point]), .number(states[index][2 * point + 1]),
        ])
      }
    }
    var sizes = DiagnosticTable(
      "trajectories-size", "Extent of the states", source: source,
      columns: BlockPlace.columns + [
        .number("radius", "largest distance from the origin")
      ])
    for (index, place) in places.enumerated() {
      let radius = labels.indices.map {
        hypot(states[index][2 * $0], states[index][2 * $0 + 1])
      }.max()
      try sizes.append(place.cells + [.number(radius)])
    }
    let plot = Plot(
      "trajectories", "States of the network in the plane", subtitle: [context.label],
      layers: [
        .init(
          .point(size: 12), of: table.name, x: .column("x"), y: .column("y"),
          color: .column("class"))
      ], facet: .init("block", columns: 3), width: 200, height: 200)
    let extent = Plot(
      "trajectories-size", "Extent of the states", subtitle: [context.label],
      layers: [
        .init(
          .line(points: true), of: sizes.name, x: .column("block"),
          y: .column("radius", includesZero: true))
      ])
    let page = try TrajectoryPage(
      title: "States of \(context.label)", names: names, labels: labels, states: states
    ).html()
    let radii = sizes.numbers("radius")
    return DiagnosticResult(
      tables: [table, sizes], plots: [plot, extent],
      summary: [
        "\(labels.count.of("test point")), \(correct) classified correctly; farthest from the origin "
          + "\((radii.first ?? .nan).text) before the first block and \((radii.last ?? .nan).text) after "
          + "the last"
      ], pages: ["trajectories.html": page])
  }
}
