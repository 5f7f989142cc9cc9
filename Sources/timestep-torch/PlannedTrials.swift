import TimestepDiagnostics
import TimestepExperiments

/// The trials of an experiment and which of them are finished, as `--dry-run` prints them.
struct PlannedTrials: Encodable, CustomStringConvertible {
  /// One training.
  struct Planned: Encodable {
    /// The name of its run.
    let name: String
    /// Its place on the axes of the experiment.
    let values: [TableValue]
    let seed: UInt64
    let finished: Bool
  }

  let experiment: String
  /// The names of what trials differ in.
  let axes: [String]
  let trials: [Planned]

  /// Plans an experiment; nothing is carried out.
  init(of experiment: any Experiment, _ runner: ExperimentRunner) throws {
    self.experiment = experiment.id
    axes = try experiment.plan(runner.options.scale).axes.map(\.name)
    trials = try runner.trials(of: experiment).map { trial, isFinished in
      Planned(name: trial.name, values: trial.values, seed: trial.seed, finished: isFinished)
    }
  }

  /// A line for the experiment and one for each trial.
  var description: String {
    let open = trials.count { !$0.finished }
    let lines = trials.map { trial in
      let place = trial.values.map(\.description).joined(separator: ", ")
      return "  \(trial.finished ? "done " : "to do") \(trial.name)  \(place), seed \(trial.seed)"
    }
    return (["\(experiment): \(trials.count) trials, \(open) to do"] + lines)
      .joined(separator: "\n")
  }
}
