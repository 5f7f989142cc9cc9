import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// `coefficients`: the trained coefficients of the scheme over the depth, such as the k_l of LM-ResNet.
public struct TrainedCoefficients: Diagnostic {
  public let name = "coefficients"
  public let title = "trained coefficients of the scheme, layer by layer"
  public let equation = "u_{l+1} = (1 - k_l) u_l + k_l u_{l-1} + h f_l(u_l)"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), figure 4"
  public let input = DiagnosticInput.network

  /// Creates the diagnostic.
  public init() {}

  public func refusal(_ context: DiagnosticContext) -> String? {
    let stages = context.network?.stages ?? []
    return stages.allSatisfy { $0.coefficients.all.allSatisfy(\.isEmpty) }
      ? "looks at trained coefficients, which this network's scheme does not have; train one with "
        + "--scheme lm:k=trained" : nil
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    var table = DiagnosticTable(
      "coefficients", "Trained coefficients", source: source,
      notes: [
        "Mean, smallest and largest over the channels; one number serves all of them where the three agree.",
        "The first step of a stage without a history does not use its own.",
      ],
      columns: BlockPlace.columns + [
        .text("name", "coefficient"),
        .number("mean", "value"), .number("low", "smallest of the channels"),
        .number("high", "largest of the channels"), .flag("is_used", "used"),
        .flag("is_inside", "in (-1, 1)"),
      ])
    for (number, stage) in network.stages.enumerated() {
      for step in 0..<stage.grid.steps {
        guard stage.coefficients.all.indices.contains(step) else { continue }
        let parameters = stage.coefficients.all[step]
        for (name, parameter) in parameters.sorted(by: { $0.key < $1.key }) {
          let values = try parameter.value.scalars(Double.self)
          try table.append(
            BlockPlace("stages.\(number).steps.\(step)", of: network).cells + [
              .text(name), .number(values.mean), .number(values.min()), .number(values.max()),
              .flag(isUsed(step, number, network)), .flag(values.allSatisfy { abs($0) < 1 }),
            ])
        }
      }
    }
    let plot = Plot(
      "coefficients", "Trained coefficients over the depth",
      subtitle: [context.label, "bars: from the smallest to the largest of the channels"],
      layers: [
        .init(.rule(dashed: true), of: table.name, y: .datum(0)),
        .init(
          .rule(), of: table.name, filter: "datum.is_used", x: .column("block"),
          y: .column("low", title: "coefficient"), y2: .column("high")),
        .init(
          .point(), of: table.name, filter: "datum.is_used", x: .column("block"),
          y: .column("mean", title: "coefficient"), color: .column("name")),
      ])
    let isUsed = table["is_used"].map { $0 == true }
    let used = table.rows.indices.filter { isUsed[$0] }
    let inside = used.filter { table["is_inside"][$0] == true }
    let means = table.numbers("mean")
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: [
        "\(used.count.of("used coefficient")) from \(used.map { means[$0] }.range), \(inside.count) of "
          + "them in (-1, 1)"
      ])
  }

  /// Whether a step has the history that its coefficient multiplies.
  private func isUsed(_ step: Int, _ number: Int, _ network: ResidualNetwork) -> Bool {
    let stage = network.stages[number]
    let policy = stage.scheme.boundary
    if step > (stage.entry == nil ? 0 : 1) { return true }
    // The first stage starts without a history, unless a transition on the shortcut leaves one behind.
    switch (step, stage.entry != nil) {
    case (1, true): return policy != .restart
    case (0, true): return stage.historyTransition != nil && number > 0
    default:
      return stage.transition == nil ? number > 0 : stage.historyTransition != nil && number > 0
    }
  }
}
