import Foundation

/// Where experiments and their trials lie.
///
/// ```
/// ROOT/trials/NETWORK-HASH      a run for each trial, shared by all experiments
/// ROOT/robust/fig3/reduced      what came out of an experiment at a scale
/// ROOT/sweep/NAME               that of a sweep, which has one scale
/// ```
public struct ExperimentPlace: Sendable {
  /// The directory of all.
  public let root: URL

  /// Refers to a directory, whether or not it exists.
  public init(_ root: URL) { self.root = root }

  /// The run of a trial.
  public func run(of trial: Trial) -> RunDirectory {
    RunDirectory(root.appendingPathComponent("trials").appendingPathComponent(trial.name))
  }

  /// The directory of an experiment's results.
  public func results(of experiment: any Experiment, _ scale: ExperimentScale) -> URL {
    let directory = root.appendingPathComponent(experiment.id)
    return experiment.hasScales ? directory.appendingPathComponent(scale.rawValue) : directory
  }
}
