import ArgumentParser

/// `timestep train`: trains a network, evaluates it and saves the run.
public struct TrainCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network, evaluates it and saves the run.",
    discussion: """
      The last line of standard output is the run's directory, which holds config.yaml, metrics.csv, \
      summary.json and checkpoints/.

      Example: forward Euler with step size 0.1
        timestep train resnet-20 --dataset fashion-mnist --h 0.1 --epochs 2
      """)

  /// The name of the network, nil if the configuration file gives it.
  @Argument(help: "Name of the network; see `timestep list networks`.")
  public var network: String?

  /// The options shared with `describe`.
  @OptionGroup public var options: SharedOptions

  /// The run's directory.
  @Option(
    help: ArgumentHelp("Directory of the run; by default a new one in runs/.", valueName: "dir"))
  public var output: String?

  /// Whether an existing run goes on.
  @Flag(help: "Go on with the run in --output if there is one, with this same configuration.")
  public var resume = false

  /// Whether progress is left unprinted.
  @Flag(help: "Print no progress.")
  public var quiet = false

  /// Whether the summary is printed as JSON.
  @Flag(help: "Print the run's directory and summary as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  /// Refuses a command without a network, and one that goes on with a run it does not name.
  public func validate() throws {
    try options.configuration.validate(network: network)
    if resume, output == nil {
      throw ValidationError("--resume needs the run's directory: --output")
    }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.train(self) }
}
