import TimestepNetworks

/// How much better a network does on what it was trained with than on the test part, over epochs and seeds.
///
/// ```
/// gap(epoch) = test error - training error;   mean gap: over epochs, then seeds;   max gap: largest, then over seeds
/// ```
///
/// In percent for accuracies; else the difference of losses. Runs of one configuration that differ in their seed only
/// count as one.
public struct GeneralizationGap: Diagnostic {
  public let name = "generalization-gap"
  public let title = "test error minus training error, over epochs and seeds"
  public let equation = "gap = test error - training error"
  public let source = "Procrustes ResNet (2020), table 1"
  public let input = DiagnosticInput.histories

  /// Creates the diagnostic.
  public init() {}

  public func refusal(_ context: DiagnosticContext) -> String? { context.histories.lackOfEpochs }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let isAccuracy = context.histories.allSatisfy {
      $0["train_accuracy"] != nil && $0["test_accuracy"] != nil
    }
    let unit = isAccuracy ? "%" : nil
    let what = isAccuracy ? "error" : "loss"
    var table = DiagnosticTable(
      "generalization-gap", "Generalisation gap over epochs", source: source,
      notes: [
        "The training \(what) is the mean over the epoch, each example as it was just before it was learned from, "
          + "augmented; measured after the epoch instead, gaps are other numbers."
      ],
      columns: [
        .text("run", "run"), .integer("seed", "seed"), .integer("epoch", "epoch"),
        .number("gap", "test \(what) - training \(what)", unit: unit),
      ])
    var gaps: [(label: String, gaps: [Double])] = []
    for history in context.histories {
      guard let test = history[isAccuracy ? "test_accuracy" : "test_loss"],
        let train = history[isAccuracy ? "train_accuracy" : "train_loss"],
        let epochs = history["epoch"]
      else {
        throw DiagnosticError(
          .badData, history.label, "its metrics have no training and test \(what)")
      }
      let values = zip(train, test).map { isAccuracy ? 100 * ($0 - $1) : $1 - $0 }
      for (epoch, gap) in zip(epochs, values) {
        try table.append([
          .text(history.label), .integer(Int(history.seed)), .integer(Int(epoch)), .number(gap),
        ])
      }
      if values.contains(where: \.isFinite) {
        gaps.append((history.label, values.filter(\.isFinite)))
      }
    }
    var summary = DiagnosticTable(
      "generalization-gap-summary", "Mean and largest generalisation gap", source: source,
      notes: ["Over epochs first, then over seeds."],
      columns: [
        .text("run", "run"), .integer("seeds", "seeds"),
        .number("mean", "mean gap", unit: unit),
        .number("mean_deviation", "its deviation over seeds", unit: unit),
        .number("max", "largest gap", unit: unit),
        .number("max_deviation", "its deviation over seeds", unit: unit),
      ])
    var labels: [String] = []
    for gap in gaps where !labels.contains(gap.label) { labels.append(gap.label) }
    var lines = context.histories.linesWithoutEpochs
    for label in labels {
      let mine = gaps.filter { $0.label == label }.map(\.gaps)
      let (means, largest) = (mine.map(\.mean), mine.compactMap { $0.max() })
      try summary.append([
        .text(label), .integer(mine.count), .number(means.mean), .number(means.deviation),
        .number(largest.mean), .number(largest.deviation),
      ])
      lines.append(
        "\(label): mean gap \(means.mean.text)\(unit.map { " " + $0 } ?? ""), largest "
          + "\(largest.mean.text)\(unit.map { " " + $0 } ?? ""), \(mine.count) "
          + (mine.count == 1 ? "run" : "runs"))
    }
    let plot = Plot(
      "generalization-gap", "Generalisation gap over epochs", subtitle: [context.label],
      layers: [
        .init(.rule(dashed: true), of: table.name, y: .datum(0)),
        .init(
          .line(points: true), of: table.name, x: .column("epoch"), y: .column("gap"),
          color: .column("run"), detail: "seed"),
      ])
    return DiagnosticResult(tables: [summary, table], plots: [plot], summary: lines)
  }
}
