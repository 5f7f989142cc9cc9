import ArgumentParser

/// `timestep predict`: what a run's network says about inputs of one's own.
public struct PredictCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Says what a run's network takes images, texts or points for.",
    discussion: """
      Files are images, or hold one text or one point a line; in place of such a file, - stands for standard input. \
      Inputs are prepared as in an evaluation of the run. The most probable classes are printed with their \
      probabilities, for a regression the numbers.

      Example:
        timestep predict runs/vdcnn-9 --text "Stocks fall as oil prices climb"
      """)

  /// The run's directory.
  @Argument(help: "Directory of the run.")
  public var run: String

  /// The files.
  @Argument(
    help: ArgumentHelp("Images, or files (or -) of one text or point a line.", valueName: "file"))
  public var files: [String] = []

  /// The texts.
  @Option(help: ArgumentHelp("A text; may be given again.", valueName: "text"))
  public var text: [String] = []

  /// The number of classes to print.
  @Option(help: ArgumentHelp("How many classes are printed.", valueName: "n"))
  public var top: Int = 5

  /// The device.
  @Option(help: ArgumentHelp("Device to compute on.", valueName: "device"))
  public var device: DeviceName?

  /// The number of threads.
  @Option(help: ArgumentHelp("Threads to compute with.", valueName: "n"))
  public var threads: Int?

  /// Whether the result is printed as JSON.
  @Flag(help: "Print the result as JSON.")
  public var json = false

  /// A command of which nothing is given.
  public init() {}

  /// Refuses a command without inputs.
  public func validate() throws {
    guard !files.isEmpty || !text.isEmpty else {
      throw ValidationError("Name files, or give a text with --text.")
    }
    guard !text.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
      throw ValidationError("--text: the text is empty; give some characters.")
    }
    guard top >= 1 else { throw ValidationError("--top \(top): expected 1 or more.") }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.predict(self) }
}
