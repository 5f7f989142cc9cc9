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

  /// How trials are carried out.
  @OptionGroup(title: "Runner options") public var runner: RunnerOptions

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.experiment(self) }
}
