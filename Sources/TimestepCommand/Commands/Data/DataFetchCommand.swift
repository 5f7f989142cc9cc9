import ArgumentParser

/// `timestep data fetch`: fetches a data set.
public struct DataFetchCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetches a data set from its official place and checks it.",
    discussion: """
      A transfer that broke off goes on where it ended; what is there already is not fetched again. The last line \
      of standard output is the folder.

      Example:
        timestep data fetch cifar-10
      """)

  /// The name of the data set.
  @Argument(help: "Name of the data set; see `timestep data list`.")
  public var name: String

  /// The folder for its files.
  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "Folder for its files; by default $TIMESTEP_DATA/NAME, or .data/NAME here.", valueName: "dir")
  )
  public var directory: String?

  /// The address of a folder with the same files.
  @Option(
    help: ArgumentHelp(
      "Address of a folder with the same files, asked instead of the official places.",
      valueName: "url"))
  public var mirror: String?

  /// Whether progress is left unprinted.
  @Flag(help: "Print no progress.")
  public var quiet = false

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.dataFetch(self) }
}
