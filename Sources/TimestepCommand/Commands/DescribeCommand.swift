import ArgumentParser

/// `timestep describe`: prints a network's layers and what they cost.
public struct DescribeCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Prints a network's layers: shapes, parameters, multiply-adds.",
    discussion: """
      Example:
        timestep describe resnet-110 --dataset cifar-10
      """)

  /// The name of the network, nil if the configuration file gives it.
  @Argument(help: "Name of the network; see `timestep list networks`.")
  public var network: String?

  /// The options shared with `train`.
  @OptionGroup public var options: SharedOptions

  /// The channels of an image.
  @Option(help: ArgumentHelp("Channels of an image, if not the data set's.", valueName: "n"))
  public var channels: Int?

  /// The number of classes.
  @Option(help: ArgumentHelp("Classes, if not the data set's.", valueName: "n"))
  public var classes: Int?

  /// Whether the table is printed as JSON.
  @Flag(help: "Print the table as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  /// Refuses a command without a network.
  public func validate() throws { try options.configuration.validate(network: network) }

  func run(with runtime: some CommandRuntime) throws { try runtime.describe(self) }
}
