import ArgumentParser

/// `timestep report`: one page with all tables and plots of a directory.
public struct ReportCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes one page with all tables and plots of a run, and pictures of each plot.",
    discussion: """
      Looks for what `timestep diagnose` has written in the directory and below it. DIR/report.html needs nothing but a \
      browser; DIR/plots holds each plot as SVG and PNG, without those of plots that have gone. Tables of more than 50 kB \
      are linked to, not held. What cannot be read is named on the page and on standard error, with exit code 65. Plots are drawn by the Python package vl-convert-python, looked \
      for with the Python named by TIMESTEP_PYTHON, or python3; without it the page has the tables, and says how to \
      install it.

      Example:
        timestep report runs/resnet-20
      """)

  /// The directory.
  @Argument(help: ArgumentHelp("Directory of a run, or of results.", valueName: "dir"))
  public var directory: String

  /// The page.
  @Option(help: ArgumentHelp("The page, if not DIR/report.html.", valueName: "file.html"))
  public var output: String?

  /// Whether pictures are left out.
  @Flag(help: "Write the page alone, without DIR/plots.")
  public var noPictures = false

  /// The page in Markdown.
  @Option(
    help: ArgumentHelp(
      "Write experiments as Markdown instead, with the pictures that are there.",
      valueName: "file.md"))
  public var markdown: String?

  /// The folder of its pictures.
  @Option(
    help: ArgumentHelp(
      "Folder that the pictures of --markdown are copied to, if not one of its name.",
      valueName: "dir"))
  public var pictures: String?

  /// What stands before the first experiment.
  @Option(help: ArgumentHelp("Text that --markdown begins with.", valueName: "file.md"))
  public var preface: String?

  /// A command of which nothing is given.
  public init() {}

  /// Refuses choices that contradict each other.
  public func validate() throws {
    guard markdown == nil else { return }
    if pictures != nil || preface != nil {
      throw ValidationError("--pictures and --preface belong to --markdown")
    }
  }

  func run(with runtime: some CommandRuntime) throws { try runtime.report(self) }
}
