import ArgumentParser

/// `timestep data check`: verifies a data set.
public struct DataCheckCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verifies a data set: checksums, counts, classes, every example.",
    discussion: """
      Ends with 65 where anything is wrong, and with 66 where files are missing.

      Example:
        timestep data check fashion-mnist
      """)

  /// The name of the data set.
  @Argument(help: "Name of the data set; see `timestep data list`.")
  public var name: String

  /// The folder with its files.
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp("Folder with its files, if not where it is found.", valueName: "dir"))
  public var directory: String?

  /// Whether the report is printed as JSON.
  @Flag(help: "Print the report as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.dataCheck(self) }
}
