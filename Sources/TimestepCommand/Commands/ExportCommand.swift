import ArgumentParser

/// `timestep export`: writes a run's weights to a file.
public struct ExportCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a run's weights, each under its parameter's path, to a file.",
    discussion: """
      Example:
        timestep export runs/resnet-20 --to weights.safetensors
      """)

  /// The run's directory.
  @Argument(help: "Directory of the run.")
  public var run: String

  /// The file to write.
  @Option(
    name: .customLong("to"), help: ArgumentHelp("File to write.", valueName: "file.safetensors"))
  public var file: String

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.export(self) }
}
