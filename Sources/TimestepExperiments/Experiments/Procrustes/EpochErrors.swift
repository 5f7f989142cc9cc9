import TimestepDiagnostics
import TimestepTraining

/// Training and test error of a training over its epochs, in percent.
struct EpochErrors {
  let epochs: [Int]
  /// Of the training part as it was learned: each example just before, augmented.
  let train: [Double]
  let test: [Double]
  let trainLoss: [Double]
  let testLoss: [Double]

  /// Reads the epochs of a training.
  init(_ outcome: TrialOutcome) {
    let history = outcome.history
    func errors(_ column: String) -> [Double] { (history[column] ?? []).map { 100 * (1 - $0) } }
    epochs = (history["epoch"] ?? []).map { Int($0) }
    (train, test) = (errors("train_accuracy"), errors("test_accuracy"))
    (trainLoss, testLoss) = (history["train_loss"] ?? [], history["test_loss"] ?? [])
  }

  /// Test error minus training error, epoch by epoch.
  var gaps: [Double] { zip(test, train).map { $0 - $1 }.filter(\.isFinite) }

  /// The mean absolute change of the test error from one epoch to the next; NaN of one epoch.
  var fluctuation: Double { zip(test, test.dropFirst()).map { abs($1 - $0) }.average }
}

extension TrialOutcome {
  /// The error on training examples after the training, not augmented and with running statistics, in percent; nil where
  /// it diverged.
  ///
  /// - Parameter most: examples that are looked at, of those that were trained with.
  func finalTrainError(most: Int = 5000) throws -> Double? {
    guard !hasDiverged else { return nil }
    let run = try saved()
    let configuration = run.configuration
    let counts = configuration.dataset.counts.train
    // A limit keeps the same examples as in the training where it is the same.
    let examples = configuration.options.trainLimit.map { min($0, counts) } ?? min(most, counts)
    let loader = try configuration.makeDiagnosticLoader(.train, examples: examples, seed: 0)
    let batches = loader.batches(epoch: 0)
    defer { batches.cancel() }
    let evaluation = try Evaluation.of(
      run.network, for: configuration.dataset.task.objective, on: batches,
      dataType: configuration.precision.parameters, device: configuration.device)
    return evaluation?.accuracy.map { 100 * (1 - $0) }
  }
}
