import TimestepCommand

/// Carries out the commands with the library. Each command's work is in a file of its own.
struct TorchRuntime: CommandRuntime {
  func train(_ command: TrainCommand) throws {
    try reporting { try advisingToSkip { try runTrain(command) } }
  }
  func resume(_ command: ResumeCommand) throws { try reporting { try runResume(command) } }
  func evaluate(_ command: EvaluateCommand) throws { try reporting { try runEvaluate(command) } }
  func describe(_ command: DescribeCommand) throws {
    try reporting { try advisingToSkip { try runDescribe(command) } }
  }
  func diagnose(_ command: DiagnoseCommand) throws {
    try reporting { try advisingToSkip { try runDiagnose(command) } }
  }
  func report(_ command: ReportCommand) throws { try reporting { try runReport(command) } }
  func experiment(_ command: ExperimentCommand) throws {
    try reporting { try runExperiment(command) }
  }
  func sweep(_ command: SweepCommand) throws { try reporting { try runSweep(command) } }
  func list(_ command: ListCommand) throws { try reporting { try runList(command) } }
  func doctor(_ command: DoctorCommand) throws { try reporting { try runDoctor(command) } }
  func export(_ command: ExportCommand) throws { try reporting { try runExport(command) } }
  func predict(_ command: PredictCommand) throws { try reporting { try runPredict(command) } }
  func dataList(_ command: DataListCommand) throws { try reporting { try runDataList(command) } }
  func dataFetch(_ command: DataFetchCommand) throws { try reporting { try runDataFetch(command) } }
  func dataCheck(_ command: DataCheckCommand) throws { try reporting { try runDataCheck(command) } }
  func dataShow(_ command: DataShowCommand) throws { try reporting { try runDataShow(command) } }
}
