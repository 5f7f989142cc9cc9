import ArgumentParser

/// `timestep diagnose`: measures what a diagnostic shows about runs, a network or a scheme.
public struct DiagnoseCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "diagnose",
    abstract: "Looks inside: tables and plots of gradients, states, spectra and more.",
    discussion: """
      The last argument is the diagnostic, see `timestep list diagnostics`; before it come the directories of runs, or \
      the name of a network (with fresh weights) or of a scheme where that is enough. A subject that the diagnostic does \
      not look at is refused.

      Tables (CSV, JSON) and plots (Vega-Lite) go to RUN/diagnostics/NAME, or where --output says; the directory is the \
      last line of standard output. `timestep report` makes pages and pictures of them.

      Example:
        timestep diagnose runs/resnet-20 step-size:gain=5
      Example: over several runs
        timestep diagnose runs/a runs/b generalization-gap --output gap
      """)

  /// The subjects, and the diagnostic.
  @Argument(
    help: ArgumentHelp(
      "Runs, a network or a scheme; at last the name of the diagnostic.", valueName: "run ... name")
  )
  public var arguments: [String]

  /// The directory for the results.
  @Option(help: ArgumentHelp("Directory for tables and plots.", valueName: "dir"))
  public var output: String?

  /// The most examples to look at.
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Most examples to look at (1024).", valueName: "n"))
  public var examples: Int?

  /// The seconds to spend.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds after which what can go on ends (300).", valueName: "s"))
  public var seconds: Double?

  /// The seed of everything random.
  @Option(help: ArgumentHelp("Seed of everything random (0).", valueName: "n"))
  public var seed: UInt64?

  /// The folder with the data set's files.
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp("Folder with the data set's files, if not the run's.", valueName: "dir"))
  public var dataDirectory: String?

  /// The examples in a batch.
  @Option(help: ArgumentHelp("Examples in a batch, if not the run's.", valueName: "n"))
  public var batchSize: Int?

  /// The floating-point format.
  @Option(help: ArgumentHelp("Floating-point format, if not the run's.", valueName: "format"))
  public var precision: Precision?

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// The number of threads.
  @Option(help: ArgumentHelp("Threads to compute with.", valueName: "n"))
  public var threads: Int?

  /// Whether the tables are printed as JSON.
  @Flag(help: "Print the tables as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  /// The name of the diagnostic, with its arguments.
  public var name: String { arguments.last ?? "" }
  /// What is looked at.
  public var subjects: [String] { Array(arguments.dropLast()) }

  /// Refuses a command without a diagnostic, and numbers out of range.
  public func validate() throws {
    guard !arguments.isEmpty else {
      throw ValidationError("Name a diagnostic; see `timestep list diagnostics`.")
    }
    if let examples, examples < 1 {
      throw ValidationError("--examples \(examples): expected 1 or more.")
    }
    if let seconds, !(seconds > 0) {
      throw ValidationError("--seconds \(seconds): expected a number above 0.")
    }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.diagnose(self) }
}
