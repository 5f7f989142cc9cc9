import ArgumentParser
import Foundation
import Testing
import TimestepCommand

/// The help texts, against the files in Snapshots/. To write those anew, run the tests with the
/// environment variable UPDATE_SNAPSHOTS set, and read the difference.
@Suite("Help texts")
struct HelpTests {
  private static let commands: [(name: String, command: any ParsableCommand.Type)] = [
    ("timestep", RootCommand.self), ("train", TrainCommand.self),
    ("resume", ResumeCommand.self),
    ("evaluate", EvaluateCommand.self), ("describe", DescribeCommand.self),
    ("diagnose", DiagnoseCommand.self), ("experiment", ExperimentCommand.self),
    ("sweep", SweepCommand.self),
    ("report", ReportCommand.self),
    ("list", ListCommand.self), ("doctor", DoctorCommand.self), ("export", ExportCommand.self),
    ("predict", PredictCommand.self), ("data", DataCommand.self),
    ("data-list", DataListCommand.self), ("data-fetch", DataFetchCommand.self),
    ("data-check", DataCheckCommand.self), ("data-show", DataShowCommand.self),
  ]

  @Test("Each help text is its snapshot", arguments: commands.map(\.name))
  func snapshot(name: String) throws {
    let command = try #require(Self.commands.first { $0.name == name }).command
    let text = RootCommand.helpMessage(for: command, columns: 80) + "\n"
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
      try Data(text.utf8).write(to: file)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test("Every subcommand has an example, and a snapshot")
  func examples() {
    let subcommands = RootCommand.configuration.subcommands
    let inner = DataCommand.configuration.subcommands
    #expect(subcommands.count + inner.count + 1 == Self.commands.count)
    for (commands, path) in [(subcommands, "timestep"), (inner, "timestep data")] {
      for command in commands {
        #expect(!command.configuration.abstract.isEmpty)
        #expect(command.configuration.discussion.contains("\(path) \(command._commandName)"))
      }
    }
  }
}
