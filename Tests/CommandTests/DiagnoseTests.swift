import Foundation
import TestSupport
import Testing

@Suite("diagnose and report")
struct DiagnoseTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("From a followed training to a page")
  func page() throws {
    try SmallImages.writeIDX(to: "data", of: scratch)
    let line =
      "train \(tiny) --epochs 1 --data data --output run --diagnose gradient-ratios --diagnose layer-norms:every=5"
    let trained = try Timestep.run(line.replacingOccurrences(of: " --quiet", with: ""), in: scratch)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(
      trained.errors.contains("gradient-ratios: ") && trained.errors.contains(" measurements"))
    for name in ["gradient-ratios", "step-size:examples=2"] {
      let ending = try Timestep.run("diagnose run \(name) --examples 32 --threads 2", in: scratch)
      let folder = "run/diagnostics/\(name.prefix { $0 != ":" })"
      #expect(ending.status == 0 && ending.lines.last == folder, "\(ending)")
      #expect(scratch.names(in: folder).contains("diagnostic.json"))
    }
    let report = try Timestep.run(
      "report run", in: scratch, environment: ["TIMESTEP_PYTHON": "/nonexistent/python"])
    #expect(report.status == 0 && report.lines.last == "run/report.html", "\(report)")
    #expect(report.errors.contains("pip install vl-convert-python"))
    let html = String(decoding: try scratch.bytes("run/report.html"), as: UTF8.self)
    #expect(html.contains("Gradient-norm ratios during training") && html.contains("advised h"))
  }

  @Test("Tables as JSON; several runs")
  func gap() throws {
    for seed in [1, 2] {
      let line = "train dense-3 --epochs 2 --threads 1 --quiet --seed \(seed) --output run\(seed)"
      #expect(try Timestep.run(line, in: scratch).status == 0)
    }
    let ending = try Timestep.run(
      "diagnose run1 run2 generalization-gap --json --output gap", in: scratch)
    #expect(ending.status == 0, "\(ending.errors)")
    let tables = try #require(
      try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]])
    #expect(
      tables.map { $0["name"] as? String } == ["generalization-gap-summary", "generalization-gap"])
    #expect(scratch.names(in: "gap").contains("generalization-gap.vl.json"))
    let moved = try Timestep.run("diagnose run1 trajectories --threads 1", in: scratch)
    #expect(moved.status == 0, "\(moved.errors)")
    let page = String(
      decoding: try scratch.bytes("run1/diagnostics/trajectories/trajectories.html"),
      as: UTF8.self)
    #expect(page.contains("<canvas") && !page.contains("http"))
  }

  @Test(
    "Mistakes are named with their remedy",
    arguments: [
      ("diagnose run gradient-ratio", 64, "did you mean 'gradient-ratios'"),
      ("diagnose nothing gradient-ratios", 66, "there is no such run"),
      ("diagnose gradient-ratios", 64, "name the directory of a run"),
      ("diagnose run robustness:levels=1", 64, "levels=1"),
      ("diagnose run robustness --examples 0", 64, "--examples 0"),
      ("diagnose run robustness --examples -5", 64, "--examples -5: expected 1 or more"),
      ("diagnose run robustness --seconds -1", 64, "expected a number above 0"),
      ("report nowhere", 66, "there is no such directory"),
      ("train dense-2 --diagnose robustness", 64, "gradient-ratios"),
    ])
  func mistakes(line: String, status: Int32, part: String) throws {
    let ending = try Timestep.run(line, in: scratch)
    #expect(ending.status == status && ending.errors.contains(part), "\(ending)")
  }
}
