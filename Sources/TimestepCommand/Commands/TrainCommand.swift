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
      Example: does this configuration give the same bytes twice?
        timestep train resnet-20 --h 0.1 --deterministic check
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

  /// What is done about determinism.
  @Option(
    help: ArgumentHelp(
      """
      check: train a few steps (10, or --max-steps) in two processes, compare every byte, keep nothing; exit code 1 if \
      they differ. record: write a hash of every tensor after each step to fingerprints.csv.
      """, valueName: "check|record"))
  public var deterministic: DeterminismMode?

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
    if resume, deterministic != nil {
      throw ValidationError(
        "--deterministic is for a training from its beginning, without --resume")
    }
    if output != nil, deterministic == .check {
      throw ValidationError("--deterministic check keeps nothing; leave out --output")
    }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.train(self) }
}
