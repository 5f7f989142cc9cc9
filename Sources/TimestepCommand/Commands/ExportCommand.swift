import ArgumentParser

/// `timestep export`: writes a run's weights to a file.
public struct ExportCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a run's weights, under their paths or other programs' names, to a file.",
    discussion: """
      Examples:
        timestep export runs/resnet-20 --to weights.safetensors
        timestep export runs/resnet-50 --to resnet50.safetensors --names torchvision
      """)

  /// The run's directory.
  @Argument(help: "Directory of the run.")
  public var run: String

  /// The file to write.
  @Option(
    name: .customLong("to"), help: ArgumentHelp("File to write.", valueName: "file.safetensors"))
  public var file: String

  /// How the file calls the weights.
  @Option(
    help: ArgumentHelp(
      "How the file calls the weights; `timestep list weight-names`.", valueName: "convention"))
  public var names = "timestep"

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.export(self) }
}
