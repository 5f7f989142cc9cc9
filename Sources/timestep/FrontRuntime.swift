import TimestepCommand

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Carries out every command by finding libtorch and becoming `timestep-torch` with the same arguments.
struct FrontRuntime: CommandRuntime {
  func train(_ command: TrainCommand) throws { try becomeTimestepTorch() }
  func resume(_ command: ResumeCommand) throws { try becomeTimestepTorch() }
  func evaluate(_ command: EvaluateCommand) throws { try becomeTimestepTorch() }
  func describe(_ command: DescribeCommand) throws { try becomeTimestepTorch() }
  func diagnose(_ command: DiagnoseCommand) throws { try becomeTimestepTorch() }
  func report(_ command: ReportCommand) throws { try becomeTimestepTorch() }
  func experiment(_ command: ExperimentCommand) throws { try becomeTimestepTorch() }
  func sweep(_ command: SweepCommand) throws { try becomeTimestepTorch() }
  func list(_ command: ListCommand) throws { try becomeTimestepTorch() }
  func export(_ command: ExportCommand) throws { try becomeTimestepTorch() }
  func predict(_ command: PredictCommand) throws { try becomeTimestepTorch() }
  func dataList(_ command: DataListCommand) throws { try becomeTimestepTorch() }
  func dataFetch(_ command: DataFetchCommand) throws { try becomeTimestepTorch() }
  func dataCheck(_ command: DataCheckCommand) throws { try becomeTimestepTorch() }
  func dataShow(_ command: DataShowCommand) throws { try becomeTimestepTorch() }

  func doctor(_ command: DoctorCommand) throws {
    do {
      _ = try search.find()
    } catch let error as CommandError {
      let report = FrontReport(fault: error.message)
      print(command.json ? report.json : report.text)
      throw error
    }
    try becomeTimestepTorch()
  }

  private let environment = ProcessInfo.processInfo.environment
  private let executable = resolvedExecutable()

  private var search: LibtorchSearch {
    LibtorchSearch(environment: environment, executable: executable)
  }

  /// Replaces this process, so that signals and exit codes need no passing on. Returns only by throwing.
  private func becomeTimestepTorch() throws {
    let libtorch = try search.find()
    var environment = environment

    let earlier = environment["LD_LIBRARY_PATH"].flatMap { $0.isEmpty ? nil : [$0] } ?? []
    environment["LD_LIBRARY_PATH"] = (libtorch.libraryFolders + earlier).joined(separator: ":")
    environment["LIBTORCH"] = libtorch.folder
    // libgomp's threads by default spin for milliseconds while they wait for each other, which slows training
    // down many times when anything else runs. It reads this when it is loaded, so it has to be set here.
    if environment["OMP_WAIT_POLICY"] == nil, environment["GOMP_SPINCOUNT"] == nil {
      environment["GOMP_SPINCOUNT"] = "2000"
    }

    let program = executable + "-torch"
    let arguments = [program] + CommandLine.arguments.dropFirst()
    let variables = environment.map { "\($0.key)=\($0.value)" }
    // The copies live until the process is replaced, or until it exits with the error below.
    execve(program, arguments.map { strdup($0) } + [nil], variables.map { strdup($0) } + [nil])
    throw CommandError(
      status: .unavailable,
      message: """
        cannot start \(program): \(String(cString: strerror(errno)))
        Run `make build` in Timestep's checkout, or `make install` again.
        """)
  }
}

/// The path of this executable, with every symbolic link resolved.
private func resolvedExecutable() -> String {
  guard let path = realpath("/proc/self/exe", nil) else { return CommandLine.arguments[0] }
  defer { free(path) }
  return String(cString: path)
}
