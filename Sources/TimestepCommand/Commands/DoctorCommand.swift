import ArgumentParser

/// `timestep doctor`: reports what the command finds on this machine.
public struct DoctorCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Reports what is found on this machine: libtorch, processor, data sets.",
    discussion: """
      Example:
        timestep doctor --json
      """)

  /// Whether the report is printed as JSON.
  @Flag(help: "Print the report as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.doctor(self) }
}
