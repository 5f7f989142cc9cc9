import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// What a trained network loses when one of its blocks is taken out: its field is left out, its skip stays.
///
/// ```
/// u+ = u   instead of   u+ = step(u, h, f),   T u where a transition stands on the skip
/// ```
///
/// A block without a skip cannot be taken out.
public struct BlockDeletion: Diagnostic {
  public let name = "block-deletion"
  public let title = "effect of deleting one block after training"
  public let equation = "metric with f_l = 0, for each l"
  public let source = "Veit et al. (2016); LM-ResNet (2018), section 4"
  public let input = DiagnosticInput.trainedRun

  /// Creates the diagnostic.
  public init() {}

  public func refusal(_ context: DiagnosticContext) -> String? {
    context.network?.stages.first { $0.scheme.order == nil }.map {
      "the scheme \($0.scheme.name) has no skip that a block could be replaced by"
    }
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let metric = data.objective.metrics[0]
    let scale = metric.isShare ? 100.0 : 1
    let unit = metric.isShare ? "%" : nil
    let whole = try evaluate(network, data, context.budget.examples, leavingOut: nil)
    var table = DiagnosticTable(
      "block-deletion", "Effect of deleting one block", source: source,
      notes: [
        "\(whole.examples.of("test example")); with all blocks \(metric.title) \((scale * whole.metric).text), loss "
          + "\(whole.loss.text).",
        "The skip stays; batch norms keep their running statistics.",
      ],
      columns: BlockPlace.columns + [
        .text("kind", "kind of block"), .number("metric", "test \(metric.title)", unit: unit),
        .number("change", "change of the \(metric.title)", unit: unit),
        .number("loss", "test loss"),
      ])
    var number = 0
    for (index, stage) in network.stages.enumerated() {
      for step in 0..<stage.grid.steps {
        number += 1
        let place = BlockPlace("stages.\(index).steps.\(step)", of: network)
        // Where there is no skip, nothing is left without the field.
        guard !(step == 0 && stage.transition?.place == .absent) else { continue }
        let found = try evaluate(network, data, context.budget.examples, leavingOut: number)
        try table.append(
          place.cells + [
            .text(place.kind.rawValue), .number(scale * found.metric),
            .number(scale * (found.metric - whole.metric)), .number(found.loss),
          ])
      }
    }
    let plot = Plot(
      "block-deletion", "Effect of deleting one block",
      subtitle: [context.label, "dashed: with all blocks"],
      layers: [
        .init(
          .bar, of: table.name, x: .column("block", .ordinal, title: "block that is left out"),
          y: .column("metric", includesZero: true),
          color: .blockKind),
        .init(.rule(dashed: true), of: table.name, y: .datum(.number(scale * whole.metric))),
      ])
    let (paths, metrics) = (table["path"].map { $0.text ?? "" }, table.numbers("metric"))
    let order = metrics.indices.sorted {
      metric.isBetter(metrics[$1], than: metrics[$0])
    }
    return DiagnosticResult(
      tables: [table], plots: [plot],
      summary: [
        "\(metric.title) \((scale * whole.metric).text) with all blocks; least without "
          + order.prefix(3).map { "\(paths[$0]) (\(metrics[$0].text))" }.joined(separator: ", ")
      ])
  }

  private func evaluate(
    _ network: ResidualNetwork, _ data: DiagnosticData, _ examples: Int, leavingOut block: Int?
  ) throws -> TestEvaluation {
    var pass = ForwardPass.evaluation
    pass.leftOutBlock = block
    return try TestEvaluation(of: network, on: data, examples: examples, pass: pass, for: name)
  }
}
