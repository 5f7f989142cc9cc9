import ArgumentParser

/// `timestep sweep`: trains with every combination of some options.
public struct SweepCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Trains with every combination of options in a file.",
    discussion: """
      The file has options as `train --config` takes them, and lists of those that differ. Each training is a run in \
      DIR/trials that is never repeated: after an interruption, or with more values in the file, the same command goes \
      on. DIR/sweep/NAME gets results.json, a table with the median over seeds of every setting, a plot and a page.

      Example, depths.yaml: twelve trainings
        dataset: fashion-mnist
        epochs: 2
        grid:
          network: [resnet-8, resnet-20]
          h: [1, 0.1]
        seeds: [7, 8, 9]

        timestep sweep depths.yaml
      """)

  /// What to train.
  @Argument(help: ArgumentHelp("A file in YAML with grid, settings and seeds.", valueName: "file"))
  public var file: String

  /// The directory of all trials.
  @Option(help: ArgumentHelp("Directory of results and trials.", valueName: "dir"))
  public var output = "experiments"

  /// How trials are carried out.
  @OptionGroup(title: "Runner options") public var runner: RunnerOptions

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.sweep(self) }
}
