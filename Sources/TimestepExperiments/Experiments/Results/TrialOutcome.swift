import Foundation
import TimestepDiagnostics
import TimestepTraining

/// A finished training of a plan.
public struct TrialOutcome {
  /// What was trained.
  public let trial: Trial
  /// Its run.
  public let directory: RunDirectory
  /// What came out of it.
  public let summary: RunSummary
  /// Its epochs.
  public let history: TrainingHistory

  /// Reads a finished run.
  ///
  /// - Throws: ``RunError`` where it is not finished, and errors that name files.
  init(_ trial: Trial, in directory: RunDirectory) throws {
    guard let summary = try directory.finished() else {
      throw RunError(.notFound, "\(directory.url.path): this trial is not finished")
    }
    self.trial = trial
    self.directory = directory
    self.summary = summary
    history = try TrainingHistory(
      trial.configuration.networkName, seed: trial.seed, contentsOf: directory.metrics.path)
    let last = history["epoch"]?.last ?? 0
    guard Int(exactly: last) == summary.epochs || summary.status == .diverged else {
      throw RunError(
        .badData,
        "\(directory.metrics.path): ends with epoch \(last), the run had \(summary.epochs); "
          + "remove the run to repeat it")
    }
    let configuration = try ConfigurationFile.read(directory.configuration)
    guard try Trial([], configuration, seed: configuration.seed ?? 0).identity == trial.identity
    else {
      throw RunError(
        .badData,
        "\(directory.configuration.path): is not the configuration of this trial; "
          + "remove the run to repeat it")
    }
  }

  /// Test accuracy after the last epoch; that of chance where the training diverged before an evaluation.
  public var finalAccuracy: Double { summary.finalTestAccuracy ?? chance }
  /// The best test accuracy of all epochs; that of chance where there was none.
  public var bestAccuracy: Double { summary.bestTestAccuracy ?? chance }
  /// The accuracy of a guess.
  public var chance: Double { 1 / Double(max(trial.configuration.dataset.task.names.count, 1)) }
  /// Whether the loss became no number.
  public var hasDiverged: Bool { summary.status == .diverged }
  /// Whether it diverged or never got beyond 1.5 times the accuracy of chance: the rule settled for Robust ResNet.
  public var hasFailed: Bool { hasDiverged || bestAccuracy < 1.5 * chance }
  /// Whether it diverged or ended below 1.5 times the accuracy of chance.
  public var endedFailed: Bool { hasDiverged || finalAccuracy < 1.5 * chance }

  /// What a `train --diagnose` wrote, by its file's name; nil where it was not asked for.
  public func log(_ name: String) throws -> TrainingHistory? {
    let file = directory.url.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try TrainingHistory(
      trial.configuration.networkName, seed: trial.seed, contentsOf: file.path)
  }

  /// The trained network with its data.
  public func saved() throws -> SavedRun { try SavedRun(directory) }
}

extension RunDirectory {
  /// What came out of a run that needs no more training; nil where there is more to do.
  func finished() throws -> RunSummary? {
    guard let data = try? Data(contentsOf: summary) else { return nil }
    let read: RunSummary
    do { read = try JSONDecoder().decode(RunSummary.self, from: data) } catch {
      throw RunError(
        .badData, "\(summary.path): is no summary of a run (\(error)); remove the run to repeat it")
    }
    return read.status == .interrupted ? nil : read
  }
}
