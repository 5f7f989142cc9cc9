import ArgumentParser

/// `timestep data list`: prints which data sets are there, and where.
public struct DataListCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Prints every data set: its task and size, where it is or how to get it.",
    discussion: """
      Data sets are looked for in $TIMESTEP_DATA/NAME, in .data/NAME here and in each folder above, and in \
      /usr/share/datasets/NAME.

      Example:
        timestep data list
      """)

  /// Whether the list is printed as JSON.
  @Flag(help: "Print the list as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.dataList(self) }
}
