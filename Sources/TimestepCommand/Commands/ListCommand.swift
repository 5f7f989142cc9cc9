import ArgumentParser

/// `timestep list`: prints a catalog.
public struct ListCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Prints what there is to choose from.",
    discussion: """
      Example:
        timestep list schemes
      """)

  /// What to list.
  @Argument(help: "What to list.")
  public var catalog: Catalog

  /// Whether the list is printed as JSON.
  @Flag(help: "Print the list as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.list(self) }
}
