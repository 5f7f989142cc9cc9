import Foundation
import TestSupport
import Testing

@Suite("Signals during a training")
struct SignalTests {
  @Test(
    "The run is saved, reported as interrupted and can be evaluated",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func interrupted(signal: Int32, status: Int32) throws {
    let scratch = try Scratch()
    try SmallImages.writeIDX(to: "data", of: scratch)
    let line = "train \(tiny) --epochs 100000 --data data --output run"
    let running = try Timestep.start(
      line.split(separator: " ").map(String.init), in: scratch)
    // The file of metrics has a second line once the first epoch is done.
    let deadline = Date().addingTimeInterval(60)
    func rows() -> Int { ((try? scratch.bytes("run/metrics.csv")) ?? []).count { $0 == 10 } }
    while rows() < 2, running.process.isRunning, Date() < deadline { usleep(20_000) }
    kill(running.process.processIdentifier, signal)
    let ending = try running.finish()

    #expect(ending.status == status, "\(ending.errors)")
    #expect(running.process.terminationReason == .exit)
    #expect(ending.errors.contains("saved in run") && ending.lines.last == "run")
    let summary = try object(scratch.bytes("run/summary.json"))
    #expect(summary["status"] as? String == "interrupted")
    let steps = try #require(summary["steps"] as? Int)
    #expect(steps >= 13)
    let newest = try #require(scratch.names(in: "run/checkpoints").last)
    #expect(newest.hasPrefix(String(format: "step-%08d", steps)))
    let evaluated = try Timestep.run("evaluate run", in: scratch)
    #expect(evaluated.status == 0 && evaluated.output.contains("accuracy"), "\(evaluated.errors)")
  }
}
