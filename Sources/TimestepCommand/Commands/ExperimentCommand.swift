import ArgumentParser

/// `timestep experiment`: carries out tables and figures of the sources.
public struct ExperimentCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Reproduces tables and figures of the sources.",
    discussion: """
      Trials are runs in DIR/trials, shared by all experiments and never repeated: after an interruption the same \
      command goes on. Each experiment ends with results.json, the numbers as CSV, plots, and a page that sets its \
      claims and numbers beside the published ones. The last lines of standard output are the experiments' directories.

      Example:
        timestep experiment robust/fig3 --scale reduced --budget-minutes 25
      Example: a Slurm array of four, then the results
        timestep experiment lm --scale full --shard $SLURM_ARRAY_TASK_ID/4
        timestep experiment lm --scale full
      """)

  /// What to carry out.
  @Argument(
    help:
      "Ids such as robust/fig3, names of groups such as lecture, or all; see `timestep list experiments`."
  )
  public var experiments: [String]

  /// How much of it.
  @Option(help: ArgumentHelp("smoke, reduced or full.", valueName: "scale"))
  public var scale: ScaleName = .reduced

  /// The directory of all experiments.
  @Option(help: ArgumentHelp("Directory of results and trials.", valueName: "dir"))
  public var output = "experiments"

  /// Trials side by side.
  @Option(
    help: ArgumentHelp(
      "Trials side by side, among which the cores are divided; by default one for each core.",
      valueName: "n"))
  public var jobs: Int?

  /// The part of the trials that this process carries out.
  @Option(
    help: ArgumentHelp("Carry out only the i-th of n parts of the trials.", valueName: "i/n"))
  public var shard: String?

  /// The minutes that each experiment may take.
  @Option(
    help: ArgumentHelp(
      "Measure ten steps of each setting, then leave out seeds, epochs and settings, in this order, until an experiment fits.",
      valueName: "minutes"))
  public var budgetMinutes: Double?

  /// The number of seeds.
  @Option(help: ArgumentHelp("Seeds of every setting.", valueName: "n"))
  public var seeds: Int?

  /// The floating-point format.
  @Option(help: ArgumentHelp("Floating-point format of every trial.", valueName: "format"))
  public var precision: Precision?

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// Whether trials are listed only.
  @Flag(help: "Print the trials and which of them are finished, and stop.")
  public var dryRun = false

  /// Whether plots are left undrawn.
  @Flag(name: .customLong("no-pictures"), help: "Draw no plots.")
  public var noPictures = false

  /// Whether progress is left unprinted.
  @Flag(help: "Print no progress.")
  public var quiet = false

  /// Whether results are printed as JSON.
  @Flag(help: "Print the results as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  /// Refuses numbers out of range and choices that contradict each other.
  public func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is from 1 to 1024") }
    if let seeds, !(1...10_000).contains(seeds) {
      throw ValidationError("--seeds is from 1 to 10000")
    }
    if let budgetMinutes, !(budgetMinutes > 0 && budgetMinutes.isFinite) {
      throw ValidationError("--budget-minutes is a number above 0")
    }
    if shard != nil, budgetMinutes != nil {
      throw ValidationError(
        "--budget-minutes measures the speed of this machine, so that shards could decide differently; leave it out"
      )
    }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.experiment(self) }
}
