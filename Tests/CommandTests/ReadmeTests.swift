import Foundation
import TestSupport
import Testing
import TimestepCommand

/// Accepts every command and does nothing.
private struct IdleRuntime: CommandRuntime {
  func train(_ command: TrainCommand) {}
  func resume(_ command: ResumeCommand) {}
  func evaluate(_ command: EvaluateCommand) {}
  func describe(_ command: DescribeCommand) {}
  func diagnose(_ command: DiagnoseCommand) {}
  func report(_ command: ReportCommand) {}
  func experiment(_ command: ExperimentCommand) {}
  func sweep(_ command: SweepCommand) {}
  func list(_ command: ListCommand) {}
  func doctor(_ command: DoctorCommand) {}
  func export(_ command: ExportCommand) {}
  func predict(_ command: PredictCommand) {}
  func dataList(_ command: DataListCommand) {}
  func dataFetch(_ command: DataFetchCommand) {}
  func dataCheck(_ command: DataCheckCommand) {}
  func dataShow(_ command: DataShowCommand) {}
}

@Suite("The commands of README.md")
struct ReadmeTests {
  private static let file = Timestep.package.appendingPathComponent("README.md")
  private static let exists = FileManager.default.fileExists(atPath: file.path)

  @Test("Each parses; those that train resolve, those that print, print", .enabled(if: exists))
  func commands() throws {
    let scratch = try Scratch()
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let commands = Self.commands(in: text)
    #expect(!commands.isEmpty)
    for arguments in commands {
      let parsed = commandOutcome(arguments: arguments, runtime: IdleRuntime())
      #expect(parsed.status == 0, "\(arguments): \(parsed.errors)")
      switch arguments.first {
      case "train":
        let ending = try Timestep.start(arguments + ["--print-config"], in: scratch).finish()
        #expect(ending.status == 0, "\(arguments): \(ending.errors)")
      case "list", "describe", "doctor":
        let ending = try Timestep.start(arguments, in: scratch).finish()
        #expect(ending.status == 0, "\(arguments): \(ending.errors)")
      default: break
      }
    }
  }

  @Test("Commands are found behind paths and variables, up to pipes and comments")
  func extraction() {
    let text = """
      timestep not here
      ```bash
      make train   # timestep not here
      timestep list schemes  # a comment
      LIBTORCH=/x .build/release/timestep train resnet-20 \\
          --data 'my data' | tee log
      $ timestep doctor > report
      ```
      ```swift
      timestep neither
      ```
      """
    #expect(
      Self.commands(in: text) == [
        ["list", "schemes"], ["train", "resnet-20", "--data", "my data"], ["doctor"],
      ])
  }

  /// The arguments of every call of `timestep` in blocks of bash.
  private static func commands(in text: String) -> [[String]] {
    var result: [[String]] = []
    var (inBlock, pending) = (false, "")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        inBlock = line == "```bash"
      } else if inBlock, line.hasSuffix("\\") {
        pending += line.dropLast() + " "
      } else if inBlock {
        let words = words(of: pending + line)
        pending = ""
        let isSetting: (String) -> Bool = { $0 == "$" || $0.contains("=") }
        let call = words.drop(while: isSetting)
        guard let program = call.first, program.split(separator: "/").last == "timestep" else {
          continue
        }
        result.append(Array(call.dropFirst()))
      }
    }
    return result
  }

  /// The words of a line up to what only a shell understands; quotes keep spaces together.
  private static func words(of line: String) -> [String] {
    var (words, word, quote) = ([String](), "", Character?.none)
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if "|><;&".contains(character) || (character == "#" && word.isEmpty) {
        break
      } else if character == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return words + (word.isEmpty ? [] : [word])
  }
}
