import ArgumentParser

/// `timestep resume`: goes on with a run.
public struct ResumeCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract:
      "Goes on with a run from its newest whole checkpoint, even in the middle of an epoch.",
    discussion: """
      The result is that of a run that was never stopped, to the byte, as long as threads and device stay the same. \
      The last line of standard output is the run's directory.

      Example:
        timestep resume runs/resnet-20-fashion-mnist-1
      """)

  /// The run's directory.
  @Argument(help: "Directory of the run.")
  public var run: String

  /// The passes over the training examples.
  @Option(help: ArgumentHelp("Another number of passes, to train for longer.", valueName: "n"))
  public var epochs: Int?

  /// The folder with the data set's files.
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp("Folder with the data set's files, if it has moved.", valueName: "dir"))
  public var directory: String?

  /// How the run is saved.
  @OptionGroup public var checkpoints: CheckpointOptions

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// The number of threads.
  @Option(help: ArgumentHelp("Threads to compute with.", valueName: "n"))
  public var threads: Int?

  /// Whether progress is left unprinted.
  @Flag(help: "Print no progress.")
  public var quiet = false

  /// Whether the summary is printed as JSON.
  @Flag(help: "Print the run's directory and summary as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.resume(self) }
}
