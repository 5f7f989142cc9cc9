import Foundation
import TestSupport
import Testing

@Suite("Logs, clipping and determinism by the command")
struct TroubleTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try SmallImages.writeIDX(to: "data", of: scratch)
  }

  private func rows(_ file: String) throws -> [[String: String]] {
    let lines = String(decoding: try scratch.bytes(file), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let header = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  @Test("Kernels that do not exist are refused, and those in use stand in the summary")
  func kernels() throws {
    let line = "train \(tiny) --data data --max-steps 1 --output run"
    let wrong = try Timestep.run(line, in: scratch, environment: ["TIMESTEP_KERNELS": "avx1024"])
    #expect(wrong.status == 64 && wrong.errors.contains("avx1024"), "\(wrong.errors)")
    let ending = try Timestep.run(line, in: scratch, environment: ["TIMESTEP_KERNELS": "portable"])
    #expect(ending.status == 0, "\(ending.errors)")
    let summary = try object(scratch.bytes("run/summary.json"))
    #expect(summary["kernels"] as? String == "portable")
  }

  @Test("--gradient-clip and --warm-up stand in the configuration and in what is logged")
  func options() throws {
    let line =
      "train \(tiny) --data data --epochs 1 --learning-rate 0.4 --gradient-clip 0.25 --warm-up 0.5 "
      + "--warm-up-start 0.1 --log-every 1 --output run"
    let ending = try Timestep.run(line, in: scratch)
    #expect(ending.status == 0, "\(ending.errors)")
    let text = String(decoding: try scratch.bytes("run/config.yaml"), as: UTF8.self)
    for option in ["gradient-clip: 0.25", "warm-up: 0.5", "warm-up-start: 0.1", "log-every: 1"] {
      #expect(text.contains(option), "\(option)")
    }
    let steps = try rows("run/steps.csv")
    #expect(steps.count == 13)
    for (index, row) in steps.enumerated() {
      // 13 batches; the warm-up ends after 6.5 of them.
      let factor = min(1, 0.1 + 0.9 * Double(index) / 6.5)
      // The default drops come at half and three quarters of the epoch.
      let drops = [6.5, 9.75].filter { Double(index) >= $0 }.count
      let rate = 0.4 * factor * pow(0.1, Double(drops))
      let found = try #require(row["learning_rate"].flatMap(Double.init))
      #expect(abs(found / rate - 1) < 1e-12, "step \(index + 1)")
      #expect(row["loss_spike"] == "0" && row["gradient_norm"].flatMap(Double.init) != nil)
    }
    let metrics = try rows("run/metrics.csv")
    #expect(metrics[0]["loss_spikes"] == "0")
    let summary = try object(scratch.bytes("run/summary.json"))
    #expect(summary["loss_spikes"] as? Int == 0)

    for (option, value) in [("gradient-clip", "0"), ("warm-up", "-1"), ("log-every", "0")] {
      let wrong = try Timestep.run("train \(tiny) --data data --\(option)=\(value)", in: scratch)
      #expect(wrong.status == 64 && wrong.errors.contains(option), "\(wrong.errors)")
    }
    let changed = try Timestep.run(
      "\(line) --resume --gradient-clip 0.5", in: scratch)
    #expect(changed.status == 65 && changed.errors.contains("gradient-clip 0.25 -> 0.5"))
  }

  @Test("--deterministic check trains in two processes, says so, and leaves nothing behind")
  func deterministic() throws {
    let line =
      "train \(tiny) --data data --noise stochastic-depth --augmentation --deterministic check"
    let ending = try Timestep.run(line, in: scratch)
    #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
    #expect(
      ending.output.hasPrefix("deterministic: two processes gave the same bytes in 10 steps"))
    #expect(scratch.names() == ["data"])
    let json = try Timestep.run("\(line) --max-steps 2 --json", in: scratch)
    let verdict = try object(json.output.utf8)
    #expect(verdict["deterministic"] as? Bool == true && verdict["steps"] as? Int == 2)

    let missing = try Timestep.run(
      "train \(tiny) --data nowhere --deterministic check", in: scratch)
    #expect(missing.status == 66 && missing.errors.contains("nowhere"), "\(missing)")
    let both = try Timestep.run("\(line) --output run", in: scratch)
    #expect(both.status == 64, "\(both)")
    let diverging = try Timestep.run(
      "train dense-5 --learning-rate 1e30 --deterministic check", in: scratch)
    #expect(diverging.status == 0 && diverging.output.contains("in 1 step,"), "\(diverging)")
  }

  @Test("--deterministic check finds a training that differs, with the step and the tensor")
  func notDeterministic() throws {
    // Labels that another program changes as soon as the first of the two trainings has read them.
    func write(_ shift: Int) throws {
      try scratch.write((0..<200).map { "\(($0 + shift) % 10)\n" }.joined(), to: "labels.txt")
    }
    try write(0)
    try scratch.write("", to: "tmp/empty")
    let line =
      "train \(tiny) --data data --corruption label-file:file=labels.txt --deterministic check"
    let running = try Timestep.start(
      line.split(separator: " ").map(String.init), in: scratch,
      environment: ["TMPDIR": scratch.path("tmp")])
    func hasBegun() -> Bool {
      scratch.names(in: "tmp").contains {
        scratch.names(in: "tmp/\($0)/first").contains("config.yaml")
      }
    }
    let deadline = Date().addingTimeInterval(60)
    while !hasBegun(), running.process.isRunning, Date() < deadline { usleep(500) }
    try write(3)
    let ending = try running.finish()
    #expect(scratch.names(in: "tmp") == ["empty"])
    #expect(ending.status == 1, "\(ending)")
    #expect(
      ending.output.hasPrefix("not deterministic: step 1 differs first in loss"), "\(ending)")
    #expect(ending.errors.contains("Determinism.md"))
  }

  /// The Python that has TensorBoard: TIMESTEP_TENSORBOARD, or else `python3`.
  static let python: String? = {
    let name = ProcessInfo.processInfo.environment["TIMESTEP_TENSORBOARD"] ?? "/usr/bin/python3"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: name)
    process.arguments = ["-c", "import tensorboard.backend.event_processing.event_accumulator"]
    process.environment = ["PATH": "/usr/bin:/bin"]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? name : nil
  }()

  @Test(
    "TensorBoard's own reader finds the numbers of steps.csv and metrics.csv, also after a kill",
    .enabled(
      if: python != nil, "skipped: no Python with tensorboard; TIMESTEP_TENSORBOARD names one"))
  func tensorBoard() throws {
    let line =
      "train \(tiny) --data data --epochs 3 --tensorboard --log-every 1 --checkpoint-every 5 "
      + "--output run --resume"
    let running = try Timestep.start(
      line.split(separator: " ").map(String.init), in: scratch)
    let deadline = Date().addingTimeInterval(60)
    func lines() -> Int { ((try? scratch.bytes("run/steps.csv")) ?? []).count { $0 == 10 } }
    while lines() < 9, running.process.isRunning, Date() < deadline { usleep(1000) }
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.finish()
    let name = "run/events.out.tfevents.0.timestep"
    // Half of a record that the kill tore.
    try scratch.write(try scratch.bytes(name) + [64, 0, 0, 0, 0, 0, 0], to: name)
    let ended = try Timestep.run(line, in: scratch)
    #expect(ended.status == 0, "\(ended.errors)")
    let script = Timestep.package.appendingPathComponent("Tests/Golden/tensorboard_events.py")
    let checked = try Timestep.start(
      [script.path, "--check", "run"], of: URL(fileURLWithPath: try #require(Self.python)),
      in: scratch
    ).finish()
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.output.contains("numbers equal those of steps.csv"), "\(checked.output)")
  }
}
