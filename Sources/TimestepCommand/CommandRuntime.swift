/// What carries out the commands once their arguments are parsed.
///
/// The executable `timestep` has one that hands over to `timestep-torch`, which has the one that does
/// the work. Each function prints its results and throws an ``ExitStatusProviding`` error on failure.
public protocol CommandRuntime {
  /// Trains a network, evaluates it and saves the run.
  func train(_ command: TrainCommand) throws
  /// Goes on with a run.
  func resume(_ command: ResumeCommand) throws
  /// Evaluates a run's network on a data set.
  func evaluate(_ command: EvaluateCommand) throws
  /// Prints a network's layers and what they cost.
  func describe(_ command: DescribeCommand) throws
  /// Measures what a diagnostic shows.
  func diagnose(_ command: DiagnoseCommand) throws
  /// Writes a page with all that is known of a run.
  func report(_ command: ReportCommand) throws
  /// Carries out tables and figures of the sources.
  func experiment(_ command: ExperimentCommand) throws
  /// Trains with every combination of some options.
  func sweep(_ command: SweepCommand) throws
  /// Prints a catalog.
  func list(_ command: ListCommand) throws
  /// Reports what the command finds on this machine.
  func doctor(_ command: DoctorCommand) throws
  /// Writes a run's weights to a file.
  func export(_ command: ExportCommand) throws
  /// Says what a run's network takes inputs for.
  func predict(_ command: PredictCommand) throws
  /// Prints which data sets are there.
  func dataList(_ command: DataListCommand) throws
  /// Fetches a data set.
  func dataFetch(_ command: DataFetchCommand) throws
  /// Verifies a data set.
  func dataCheck(_ command: DataCheckCommand) throws
  /// Shows examples of a data set.
  func dataShow(_ command: DataShowCommand) throws
}
