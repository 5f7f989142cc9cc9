import TimeStepping
import TimestepNetworks
import TimestepTorch

/// How far each block moves the state, relative to the state's own length.
///
/// ```
/// s_l = |u_{l+1} - u_l| / |u_l|,   mean, smallest and largest over examples
/// ```
///
/// Blocks that change the space have no such number.
public struct RelativeStep: Diagnostic {
  public let name = "relative-step"
  public let title = "relative step size of every block"
  public let equation = "s_l = |u_{l+1} - u_l| / |u_l|"
  public let source = "Robust ResNet (2019), smoothness of the states"
  public let input = DiagnosticInput.trainedRun

  /// Creates the diagnostic.
  public init() {}

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let passes = NetworkPasses(network: network)
    var steps: [[[Double]]] = network.stages.map { $0.steps.map { _ in [] } }
    var examples = 0
    try context.requiredData().forEachBatch(of: .test, examples: context.budget.examples) {
      batch in
      for (stage, states) in try passes.stageStates(of: batch.inputs).enumerated() {
        for place in steps[stage].indices {
          let moved = try (states[place + 1] - states[place]).lengths()
          let lengths = try states[place].lengths()
          steps[stage][place] += zip(moved, lengths).map { $1 > 0 ? $0 / $1 : .nan }
        }
      }
      examples += batch.count
      return true
    }
    var table = DiagnosticTable(
      "relative-step", "Relative step size of every block", source: source,
      notes: ["\(examples.of("test example")), in evaluation; transitions are left out."],
      columns: BlockPlace.columns + [
        .number("h", "step size h"),
        .number("step", "relative step |u+ - u| / |u|"), .number("smallest", "smallest"),
        .number("largest", "largest"),
      ])
    var summary: [String] = []
    for (number, stage) in network.stages.enumerated() {
      for (place, step) in stage.steps.enumerated() {
        let values = steps[number][place].filter(\.isFinite)
        try table.append(
          BlockPlace("stages.\(number).steps.\(step)", of: network).cells + [
            .number(stage.grid.sizes[step]), .number(values.mean), .number(values.min()),
            .number(values.max()),
          ])
      }
      let means = steps[number].map(\.mean)
      if !means.isEmpty {
        summary.append(
          "stage \(number): relative steps \(means.range), \(means.count.of("block"))")
      }
    }
    let plot = Plot(
      "relative-step", "Relative step size of every block", subtitle: [context.label],
      layers: [
        .init(
          .rule(), of: table.name, x: .column("block"), y: .column("smallest", scale: .log),
          y2: .column("largest")),
        .init(
          .point(), of: table.name, x: .column("block"), y: .column("step", scale: .log),
          color: .column("stage")),
      ])
    return DiagnosticResult(tables: [table], plots: [plot], summary: summary)
  }
}
