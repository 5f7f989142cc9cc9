import ArgumentParser

/// `timestep data`: what concerns data sets.
public struct DataCommand: ParsableCommand {
  /// The name, the help text and the subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Lists, fetches, checks and shows data sets.",
    discussion: """
      Example:
        timestep data list
      """,
    subcommands: [
      DataListCommand.self, DataFetchCommand.self, DataCheckCommand.self, DataShowCommand.self,
    ])

  /// A command without arguments, which prints the help.
  public init() {}
}
