import TimestepCommand

/// Carries out the commands with the library.
struct TorchRuntime: CommandRuntime {
  func train(_ command: TrainCommand) throws { throw notBuiltYet }
  func evaluate(_ command: EvaluateCommand) throws { throw notBuiltYet }
  func describe(_ command: DescribeCommand) throws { throw notBuiltYet }
  func list(_ command: ListCommand) throws { throw notBuiltYet }
  func doctor(_ command: DoctorCommand) throws { throw notBuiltYet }
  func export(_ command: ExportCommand) throws { throw notBuiltYet }

  private var notBuiltYet: CommandError {
    CommandError(status: .unavailable, message: "not built yet")
  }
}
