import TimestepDiagnostics

/// Errors and losses of training and test over the epochs of trials, told apart by an axis of their plan.
struct LMCurves {
  let table: DiagnosticTable
  private let axis: String

  init(_ context: ExperimentContext, axis: String, source: String) throws {
    self.axis = axis
    var table = DiagnosticTable(
      "curves", "Training and test over epochs", source: source,
      notes: [
        "Of the training part each example counts as it was just before it was learned from, augmented and with noise."
      ],
      columns: context.trials.axes.filter { $0.name == axis } + [
        .integer("seed", "seed"), .integer("epoch", "epoch"), .text("part", "part"),
        .number("loss", "loss"), .number("error", "error", unit: "%"),
      ])
    for outcome in context.trials.all {
      let history = outcome.history
      for (part, prefix) in [("training", "train"), ("test", "test")] {
        let (losses, accuracies) = (history["\(prefix)_loss"], history["\(prefix)_accuracy"])
        for (index, epoch) in (history["epoch"] ?? []).enumerated() {
          try table.append([
            context.trials.value(axis, of: outcome), .integer(Int(outcome.trial.seed)),
            .integer(Int(epoch)), .text(part), .number(losses?[index]),
            .number(accuracies.map { 100 * (1 - $0[index]) }),
          ])
        }
      }
    }
    self.table = table
  }

  /// Errors and losses over epochs.
  func plots(_ title: String) -> [Plot] {
    [("error", "error", Plot.Scale.linear), ("loss", "loss", .log)].map { column, what, scale in
      Plot(
        "curves-\(column)", "\(title): \(what) over epochs",
        layers: [
          .init(
            .line(points: true), of: table.name, x: .column("epoch"),
            y: .column(column, scale: scale), color: .column(axis, .nominal),
            dash: .column("part", domain: ["training", "test"]), detail: "seed")
        ])
    }
  }
}
