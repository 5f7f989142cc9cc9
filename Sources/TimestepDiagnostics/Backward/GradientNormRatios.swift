import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// How the gradient grows or shrinks on its way back, block by block.
///
/// ```
/// r_l = |dL/du_{l+1}| / |dL/du_l|,   norms over the whole mini-batch
/// ```
///
/// 1 keeps the gradient's length; below 1 it grows on its way back. Batch norms use the batch, as in training. The stem
/// counts as a block from the input to the first state. Where a training was followed
/// (`train --diagnose gradient-ratios`), its epochs are summed up too.
public struct GradientNormRatios: TrainingDiagnostic {
  public let name = "gradient-ratios"
  public let title = "gradient-norm ratio of every block"
  public let equation = "r_l = |dL/du_{l+1}| / |dL/du_l|"
  public let source = "Procrustes ResNet (2020), sections 3 and 4, figure 3"
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "batches", standard: "4", "of a finished run, batches of the training part to look at"),
      ArgumentDescription("every", standard: "1", "in a training, steps from one row to the next"),
    ]
  }
  private var batches: Int?
  private var interval: Int?

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    result.batches = try choice.integer("batches", in: 1...1_000_000)
    result.interval = try choice.integer("every", in: 1...1_000_000_000)
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    interval.map {
      "every=\($0) is for a training that is followed, 'train --diagnose \(name):every=\($0)'; leave it out"
    }
  }

  public func checkFollowing(_ network: ResidualNetwork) throws {
    guard let batches else { return }
    throw DiagnosticError(
      .doesNotApply, name,
      "batches=\(batches) is for a finished run, 'diagnose RUN \(name):batches=\(batches)'; a training is followed in "
        + "its own batches")
  }

  public func follow(
    _ trainer: Trainer, of network: ResidualNetwork, in directory: URL,
    keeping lengths: [String: Int]
  ) throws -> any DiagnosticLog {
    trainer.ratioInterval = interval ?? 1
    trainer.ratiosSeeStem = true
    return try GradientRatioLog(directory, keeping: lengths[GradientRatioLog.fileName] ?? 0)
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let passes = NetworkPasses(network: network)
    let batches = batches ?? 4
    var measured: [GradientRatios] = []
    var norms: [[Double]] = []
    try data.forEachBatch(of: .train, examples: .max) { batch in
      let (probe, _) = try passes.gradientNorms(
        of: batch, data.objective, isTraining: true, seesStem: true,
        seed: context.seed &+ UInt64(measured.count))
      guard let ratios = GradientRatios(probe, step: measured.count + 1) else {
        throw DiagnosticError(.doesNotApply, name, "the network has no blocks")
      }
      measured.append(ratios)
      norms.append(probe.gradientNorms.dropFirst().map(\.norm))
      return measured.count < batches
    }
    guard let first = measured.first else {
      throw DiagnosticError(.badData, name, "the training part holds no examples")
    }
    var table = DiagnosticTable(
      "gradient-ratios", "Gradient-norm ratio of every block", source: source,
      notes: [
        "Over \(measured.count == 1 ? "1 batch" : "\(measured.count) batches") of the training part, without augmentation, batch norms as in training.",
        "A ratio below 1: the gradient grows on its way back through the block.",
      ],
      columns: Self.columns + [
        .number("gradient_norm", "|dL/du| after the block, mean over batches")
      ])
    for (number, block) in first.blocks.enumerated() {
      let place = BlockPlace(block.path, of: network)
      let ratios = measured.map { $0.blocks[number].ratio }
      try table.append(
        place.cells + [
          .text(place.kind.rawValue), .number(ratios.mean), .number(ratios.min()),
          .number(ratios.max()), .number(norms.map { $0[number] }.mean),
        ])
    }
    return DiagnosticResult(
      tables: [table], plots: [Self.plot(table.name, context.label)],
      summary: Self.summary(table)
    ).joined(with: try followed(context))
  }

  private static let columns =
    BlockPlace.columns + [
      .text("kind", "kind of block"),
      .number("ratio", "gradient-norm ratio, after over before"),
      .number("lowest", "lowest ratio"), .number("highest", "highest ratio"),
    ]

  private static func plot(_ table: String, _ label: String) -> Plot {
    Plot(
      "gradient-ratios", "Gradient-norm ratio of every block", subtitle: [label],
      layers: [
        .init(.rule(dashed: true), of: table, y: .datum(1)),
        .init(
          .rule(), of: table, x: .column("block"), y: .column("lowest", scale: .log),
          y2: .column("highest")),
        .init(
          .point(), of: table, x: .column("block"), y: .column("ratio", scale: .log),
          color: .blockKind, shape: .blockKind),
      ])
  }

  /// The epochs of a training that was followed.
  public func followed(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let nothing = DiagnosticResult(tables: [], plots: [])
    guard let log = try context.log(GradientRatioLog.fileName) else { return nothing }
    let network = try context.requiredNetwork()
    let epochs = try log.column("epoch")
    guard !epochs.isEmpty else { return nothing }
    var table = DiagnosticTable(
      "gradient-ratios-by-epoch", "Gradient-norm ratios during training", source: source,
      notes: [
        "Mean, lowest and highest over the steps of an epoch that were measured and gave a finite ratio; empty where none did."
      ],
      columns: [.integer("epoch", "epoch")] + Self.columns)
    let paths = log.columns.filter { $0 != "epoch" && $0 != "step" }
    for epoch in Set(epochs.map { Int($0) }).sorted() {
      let rows = log.rows.indices.filter { Int(epochs[$0]) == epoch }
      for path in paths {
        let values = try log.column(path)
        let ratios = rows.map { values[$0] }.filter(\.isFinite)
        let place = BlockPlace(path, of: network)
        try table.append(
          [.integer(epoch)] + place.cells + [
            .text(place.kind.rawValue), .number(ratios.isEmpty ? nil : ratios.mean),
            .number(ratios.min()), .number(ratios.max()),
          ])
      }
    }
    return DiagnosticResult(
      tables: [table],
      plots: [
        Plot(
          "gradient-ratios-by-epoch", "Gradient-norm ratios during training",
          subtitle: [context.label, "mean over the steps of each epoch, one line for each block"],
          layers: [
            .init(.rule(dashed: true), of: table.name, y: .datum(1)),
            .init(
              .line(points: true), of: table.name, x: .column("epoch", .quantitative),
              y: .column("ratio", scale: .log), color: .blockKind, detail: "path"),
          ])
      ])
  }

  /// How far from 1 the kinds of blocks are.
  private static func summary(_ table: DiagnosticTable) -> [String] {
    let (kinds, ratios) = (table["kind"].map { $0.text ?? "" }, table.numbers("ratio"))
    return BlockPlace.Kind.allCases.compactMap { kind in
      let mine = zip(kinds, ratios).filter { $0.0 == kind.rawValue }.map(\.1)
      guard let low = mine.min(), let high = mine.max() else { return nil }
      let name = mine.count == 1 ? "the \(kind.rawValue)" : "\(mine.count) \(kind.rawValue)s"
      return mine.count == 1
        ? "\(name): ratio \(low.text)" : "\(name): ratios from \(low.text) to \(high.text)"
    }
  }
}
