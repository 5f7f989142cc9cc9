import ArgumentParser

/// The command `timestep` itself: only its subcommands do anything.
public struct RootCommand: ParsableCommand {
  /// The name, the help text and the subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "timestep",
    abstract:
      "Trains residual networks as time-stepping schemes for ordinary differential equations.",
    discussion: """
      A first run:
        timestep train resnet-20 --dataset fashion-mnist --epochs 2

      Exit codes: 0 done, 1 a check failed, 3 training diverged, 64 usage, 65 bad data or configuration, \
      66 input not found, 69 something needed is missing, 73 cannot create output, \
      74 input or output failed, 130 and 143 interrupted after a checkpoint.
      """,
    version: timestepVersion,
    subcommands: [
      TrainCommand.self, ResumeCommand.self, EvaluateCommand.self, PredictCommand.self,
      DescribeCommand.self, DiagnoseCommand.self, ExperimentCommand.self, SweepCommand.self,
      ReportCommand.self, ListCommand.self,
      DataCommand.self, DoctorCommand.self, ExportCommand.self,
    ])

  /// A command without arguments, which prints the help.
  public init() {}
}

/// A command that a ``CommandRuntime`` carries out.
protocol RuntimeCommand: ParsableCommand {
  func run(with runtime: some CommandRuntime) throws
}
