import Foundation
import TimestepCommand
import TimestepData
import TimestepExperiments
import TimestepTraining

/// `timestep train --deterministic check`: trains a few steps in two processes and compares every byte of them.
///
/// Two processes, because what one process has chosen once (an algorithm, an address) does not differ within it.
struct DeterminismCheck {
  /// The steps that are made where no number was asked for.
  static let standardSteps = 10

  let configuration: RunConfiguration
  let json: Bool

  func run() throws {
    var options = configuration.options
    options.maxSteps = options.maxSteps ?? Self.standardSteps
    options.output = nil
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("timestep-check-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        status: .cannotCreateOutput, message: "\(folder.path): \(error.localizedDescription)")
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    StopSignal.install()
    let file = folder.appendingPathComponent("config.yaml")
    try Data(ConfigurationFile.text(options).utf8).write(to: file)
    let runs = ["first", "second"].map { RunDirectory(folder.appendingPathComponent($0)) }
    for run in runs { try train(file, into: run) }
    let verdict = try FingerprintComparison(runs[0].fingerprints, runs[1].fingerprints)
    if json { try printJSON(verdict) } else { print(verdict) }
    guard verdict.isDeterministic else {
      throw CommandError(
        status: .differs,
        message:
          "the configuration does not give the same bytes twice; Documentation/Determinism.md "
          + "says what it depends on")
    }
  }

  /// A training in a process of its own; one that diverges is as good as another.
  private func train(_ file: URL, into run: RunDirectory) throws {
    let process = ChildProcess(
      URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
      [
        "train", "--config", file.path, "--output", run.url.path, "--deterministic", "record",
        "--quiet",
      ])
    let ending = try process.run { StopSignal.number != nil }
    if let signal = StopSignal.number {
      throw CommandError(
        status: signal == SIGTERM ? .terminated : .interrupted, message: "the check was stopped")
    }
    guard [ExitStatus.success, .diverged].contains(where: { $0.rawValue == ending.status }) else {
      let text = ending.errors
      throw CommandError(
        status: ExitStatus(rawValue: ending.status) ?? .internalFault,
        message: text.hasPrefix("error: ") ? String(text.dropFirst(7)) : text)
    }
  }
}
