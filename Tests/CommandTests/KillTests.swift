import Foundation
import TestSupport
import Testing

@Suite("Trainings that are killed")
struct KillTests {
  private let scratch: Scratch
  private static let line =
    "train preresnet-8 --widths 4,4,4 --batch-size 16 --threads 1 --quiet --data data --epochs 3 "
    + "--noise stochastic-depth --checkpoint-every 1 --tensorboard --log-every 1"

  init() throws {
    scratch = try Scratch()
    try SmallImages.writeIDX(to: "data", of: scratch)
  }

  private func arguments(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init)
  }

  private func wait(_ running: Timestep.Running, until isReached: () -> Bool) {
    let deadline = Date().addingTimeInterval(60)
    while !isReached(), running.process.isRunning, Date() < deadline { usleep(2000) }
  }

  private func rows(_ run: String) throws -> [String] {
    String(decoding: try scratch.bytes("\(run)/metrics.csv"), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: ",").dropLast(2).joined(separator: ",") }
  }

  /// The long form of this is Scripts/kill-test.
  @Test("Killed again and again, also inside a checkpoint, a run ends with the same bytes")
  func killed() throws {
    let whole = try Timestep.run("\(Self.line) --output whole", in: scratch)
    #expect(whole.status == 0, "\(whole.errors)")
    let checkpoints = scratch.path("parts/checkpoints")
    var kills = 0
    for attempt in 1...40 {
      let running = try Timestep.start(
        arguments("\(Self.line) --output parts --resume"), in: scratch)
      let names = { (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? [] }
      let before = Set(names())
      if attempt <= 8 {
        // Every second one in the middle of a checkpoint.
        wait(running) {
          let new = names().filter { !before.contains($0) }
          return new.contains { $0.hasPrefix(".") == (attempt % 2 == 0) }
        }
        kill(running.process.processIdentifier, attempt == 5 ? SIGTERM : SIGKILL)
      }
      let ending = try running.finish()
      if ending.status == 0 { break }
      kills += 1
      #expect(ending.status == (attempt == 5 ? 143 : 128 + SIGKILL), "\(ending.errors)")
      #expect(!ending.errors.contains("damaged"), "\(ending.errors)")
    }
    #expect(kills >= 3)
    let newest = "checkpoints/step-00000039"
    for file in ["parameters", "optimizer", "generators"] {
      let path = "\(newest)/\(file).safetensors"
      #expect(try scratch.bytes("parts/\(path)") == scratch.bytes("whole/\(path)"), "\(file)")
    }
    #expect(try rows("parts") == rows("whole"))
    #expect(try scratch.bytes("parts/steps.csv") == scratch.bytes("whole/steps.csv"))
    let name = "events.out.tfevents.0.timestep"
    #expect(try scratch.bytes("parts/\(name)").count == scratch.bytes("whole/\(name)").count)
    #expect(scratch.names(in: "parts/checkpoints").allSatisfy { !$0.hasPrefix(".") })
  }

  @Test("A run is refused to a second process, and to another configuration; then it goes on")
  func refused() throws {
    let running = try Timestep.start(
      arguments("\(Self.line) --epochs 100000 --output run"), in: scratch)
    wait(running) { scratch.names(in: "run/checkpoints").contains { $0.hasPrefix("step-") } }
    let second = try Timestep.run("resume run --quiet", in: scratch)
    #expect(second.status == 73 && second.errors.contains("another process"), "\(second)")
    kill(running.process.processIdentifier, SIGINT)
    let ending = try running.finish()
    #expect(ending.status == 130 && ending.errors.contains("timestep resume run"), "\(ending)")

    let again = try Timestep.run("\(Self.line) --output run", in: scratch)
    #expect(again.status == 73 && again.errors.contains("--resume"), "\(again)")
    let other = try Timestep.run("\(Self.line) --seed 3 --output run --resume", in: scratch)
    #expect(other.status == 65 && other.errors.contains("seed 0 -> 3"), "\(other)")
    let none = try Timestep.run("resume nowhere", in: scratch)
    #expect(none.status == 66, "\(none)")
    let summary = try object(scratch.bytes("run/summary.json"))
    let epochs = try #require(summary["epochs"] as? Int) + 1
    let resumed = try Timestep.run("resume run --quiet --epochs \(epochs)", in: scratch)
    #expect(resumed.status == 0 && resumed.lines.last == "run", "\(resumed)")
    let ended = try object(scratch.bytes("run/summary.json"))
    #expect(ended["status"] as? String == "completed" && ended["epochs"] as? Int == epochs)

    for name in scratch.names(in: "run/checkpoints") {
      try scratch.write("no tensors", to: "run/checkpoints/\(name)/parameters.safetensors")
    }
    for line in ["resume run --quiet", "evaluate run"] {
      let damaged = try Timestep.run(line, in: scratch)
      #expect(damaged.status == 65 && damaged.errors.contains("no checkpoint is whole"), "\(line)")
    }
  }
}
