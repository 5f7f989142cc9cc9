import TimestepNetworks

/// Loss and metric of the training and the test part over the epochs of one or several runs.
public struct TrainingCurves: Diagnostic {
  public let name = "training-curves"
  public let title = "loss and metric of training and test over epochs"
  public let equation = "L_train(epoch), L_test(epoch)"
  public let source = "every source; Procrustes ResNet (2020), figure 4"
  public let input = DiagnosticInput.histories

  /// Creates the diagnostic.
  public init() {}

  public func refusal(_ context: DiagnosticContext) -> String? { context.histories.lackOfEpochs }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let metrics = context.histories.compactMap(\.metric)
    let metric = metrics.first ?? ""
    var table = DiagnosticTable(
      "training-curves", "Training and test over epochs", source: source,
      notes: [
        "Of the training part each example counts as it was just before it was learned from; the test part is "
          + "evaluated after the epoch."
      ],
      columns: [
        .text("run", "run"), .integer("seed", "seed"), .integer("epoch", "epoch"),
        .text("part", "part"), .number("loss", "loss"), .number("metric", metric),
      ])
    var summary = context.histories.linesWithoutEpochs
    for history in context.histories {
      let epochs = history["epoch"] ?? []
      for (part, prefix) in [("training", "train"), ("test", "test")] {
        guard let losses = history["\(prefix)_loss"] else { continue }
        let values = history["\(prefix)_\(metric)"]
        for (index, epoch) in epochs.enumerated() {
          try table.append([
            .text(history.label), .integer(Int(history.seed)), .integer(Int(epoch)), .text(part),
            .number(losses[index]), .number(values?[index]),
          ])
        }
      }
      if let last = history["test_\(metric)"]?.last {
        summary.append("\(history.label): test \(metric) \(last.text) after \(epochs.count) epochs")
      }
    }
    func plot(_ column: String, _ title: String, _ scale: Plot.Scale) -> Plot {
      Plot(
        "training-curves-\(column)", title, subtitle: [context.label],
        layers: [
          .init(
            .line(points: true), of: table.name, x: .column("epoch"),
            y: .column(column, scale: scale), color: .column("run"),
            dash: .column("part", domain: ["training", "test"]), detail: "seed")
        ])
    }
    var plots = [plot("loss", "Loss over epochs", .log)]
    if !metric.isEmpty {
      plots.append(plot("metric", "\(metric.capitalizedFirst) over epochs", .linear))
    }
    return DiagnosticResult(tables: [table], plots: plots, summary: summary)
  }
}

extension TrainingHistory {
  /// The metric that is measured on both parts, `accuracy` or another.
  var metric: String? {
    columns.first { $0.hasPrefix("train_") && $0 != "train_loss" }.map {
      String($0.dropFirst("train_".count))
    }
  }
}
