import ArgumentParser

/// `timestep report`: one page with all tables and plots of a directory.
public struct ReportCommand: RuntimeCommand {
  /// The name and the help text.
  public static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes one page with all tables and plots of a run, and pictures of each plot.",
    discussion: """
      Looks for what `timestep diagnose` has written in the directory and below it. DIR/report.html needs nothing but a \
      browser; DIR/plots holds each plot as SVG and PNG. Plots are drawn by the Python package vl-convert-python, looked \
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

  /// A command of which nothing is given.
  public init() {}

  func run(with runtime: some CommandRuntime) throws { try runtime.report(self) }
}
