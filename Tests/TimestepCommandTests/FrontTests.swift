import Foundation
import Testing
import TimestepCommand

/// Runs the executable `timestep`, copied to a folder with nothing else in it.
@Suite("The executable timestep")
final class FrontTests {
  private let folder: URL

  init() throws {
    folder = URL(filePath: NSTemporaryDirectory()).appending(path: "timestep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let built = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    try FileManager.default.copyItem(
      at: built.appending(path: "timestep"), to: folder.appending(path: "timestep"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ path: String, _ text: String, permissions: Int = 0o644) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions], ofItemAtPath: file.path(percentEncoded: false))
  }

  private func run(_ arguments: [String]) throws -> CommandOutcome {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = folder.appending(path: "timestep")
    process.arguments = arguments
    process.environment = ["LD_LIBRARY_PATH": "/earlier"]
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let texts = try [output, errors].map { pipe in
      String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
    process.waitUntilExit()
    return CommandOutcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  @Test("Help needs no libtorch")
  func help() throws {
    let outcome = try run(["train", "--help"])
    #expect(outcome.status == 0 && outcome.output.contains("--learning-rate"))
  }

  @Test("Without libtorch it says so and ends with 69; doctor still reports")
  func missing() throws {
    let list = try run(["list", "schemes"])
    #expect(list.status == 69 && list.output.isEmpty)
    #expect(list.errors.contains("error: libtorch was not found"))
    let doctor = try run(["doctor"])
    #expect(doctor.status == 69 && doctor.output.contains("libtorch    none usable"))
  }

  @Test("It becomes timestep-torch: arguments, environment and exit code pass through")
  func becomes() throws {
    try write("torch/lib/libtorch_cpu.so", "")
    try write("torch/version.py", "__version__ = '2.11.0'\n")
    try write("libtorch.location", "torch\n")
    let withoutTorch = try run(["list", "schemes"])
    #expect(withoutTorch.status == 69 && withoutTorch.errors.contains("cannot start"))

    try write(
      "timestep-torch", "#!/bin/sh\necho \"$@\"\necho \"$LD_LIBRARY_PATH\"\nexit 7\n",
      permissions: 0o755)
    let outcome = try run(["list", "schemes", "--json"])
    let torch = folder.appending(path: "torch").path(percentEncoded: false)
    #expect(outcome.status == 7)
    #expect(outcome.output == "list schemes --json\n\(torch)/lib:/earlier\n")
  }
}
