import ArgumentParser

/// `timestep evaluate`: evaluates a run's network on a data set.
public struct EvaluateCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluates a run's network: loss, top-1 and top-5 accuracy.",
    discussion: """
      Example:
        timestep evaluate runs/resnet-20 --split test --logits logits.npy
      """)

  /// The run's directory.
  @Argument(help: "Directory of the run.")
  public var run: String

  /// The part of the data set.
  @Option(help: ArgumentHelp("Part of the data set.", valueName: "split"))
  public var split: Split = .test

  /// The most test examples.
  @Option(
    help: ArgumentHelp(
      "Measure on only so many test examples, as many of each class, if not as many as the run did.",
      valueName: "n"))
  public var testLimit: Int?

  /// The file for the logits.
  @Option(
    help: ArgumentHelp(
      "Write the logits, float32 [N, classes] in the data set's order.", valueName: "file.npy"))
  public var logits: String?

  /// The folder with the data set's files.
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp("Folder with the data set's files, if not the run's.", valueName: "dir"))
  public var dataDirectory: String?

  /// The examples in a batch.
  @Option(help: ArgumentHelp("Examples in a batch.", valueName: "n"))
  public var batchSize: Int?

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// The number of threads.
  @Option(help: ArgumentHelp("Threads to compute with.", valueName: "n"))
  public var threads: Int?

  /// Whether the result is printed as JSON.
  @Flag(help: "Print the result as JSON.")
  public var json = false

  /// Whether progress is left unprinted.
  @Flag(help: "Print no progress.")
  public var quiet = false

  /// A command of which nothing is given.
  public init() {}

  /// Refuses a limit of another part than that which is measured.
  public func validate() throws {
    if testLimit != nil, split != .test {
      throw ValidationError("--test-limit belongs to the test part; leave it out")
    }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.evaluate(self) }
}
