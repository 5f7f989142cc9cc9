import TimestepDiagnostics

/// What trainings of a task are compared by: the first of mean IoU, accuracy, relative RMSE and loss on the test set that
/// they have. A number that is not finite, as the loss of a training that diverged, is none.
struct SweepMeasure {
  let column: DiagnosticTable.Column
  let isLoss: Bool
  private let quantity: (RunSummary) -> Double?

  /// The number of a training; nil where it has none, or none that is finite.
  func value(_ outcome: TrialOutcome) -> Double? {
    quantity(outcome.summary).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Chooses by what finished trainings have.
  init(_ outcomes: [TrialOutcome]) {
    func has(_ quantity: (RunSummary) -> Double?) -> Bool {
      outcomes.contains { quantity($0.summary) != nil }
    }
    if has(\.finalTestMeanIoU) {
      column = .number("mean_iou", "final test mean IoU", unit: "%")
      (isLoss, quantity) = (false, { $0.finalTestMeanIoU.map { 100 * $0 } })
    } else if has(\.finalTestAccuracy) {
      column = .number("accuracy", "final test accuracy", unit: "%")
      (isLoss, quantity) = (false, { $0.finalTestAccuracy.map { 100 * $0 } })
    } else if has(\.finalTestRelativeRMSE) {
      column = .number("rmse", "final test RMSE over the deviation of the targets")
      (isLoss, quantity) = (true, { $0.finalTestRelativeRMSE })
    } else {
      column = .number("loss", "final test loss")
      (isLoss, quantity) = (true, { $0.finalTestLoss })
    }
  }
}
