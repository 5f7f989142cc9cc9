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

  @Test("A scheme before the diagnostic is the one that is looked at")
  func oneScheme() throws {
    let ending = try Timestep.run("diagnose euler stability-regions:lines=9", in: scratch)
    #expect(ending.status == 0, "\(ending)")
    #expect(ending.lines.last == "diagnostics/euler/stability-regions")
    let table = String(
      decoding: try scratch.bytes("diagnostics/euler/stability-regions/stability-limits.csv"),
      as: UTF8.self)
    #expect(table.split(separator: "\n").count == 2 && table.contains("\neuler,"))
  }

  @Test("No diagnostic of the catalog passes over a subject")
  func superfluous() throws {
    try scratch.write("", to: "a/empty")
    let list = try Timestep.run("list diagnostics --json", in: scratch).output
    let entries = try #require(
      try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]])
    let names = entries.compactMap { $0["name"] as? String }
    #expect(names.count > 15)
    for name in names {
      for subjects in ["a", "nowhere", "a nowhere"] {
        let ending = try Timestep.run("diagnose \(subjects) \(name)", in: scratch)
        #expect(ending.status == 64 || ending.status == 66, "\(name) of \(subjects): \(ending)")
        #expect(ending.errors.count > 20 && ending.output.isEmpty)
      }
    }
  }

  @Test("What cannot follow leaves no directory; damage is named and ends with 65")
  func damage() throws {
    let line = "train dense-3 --epochs 1 --threads 1 --quiet --output run"
    let refused = try Timestep.run("\(line) --diagnose layer-norms:layers=999", in: scratch)
    #expect(refused.status == 64 && refused.errors.contains("no layer 999"), "\(refused)")
    #expect(try Timestep.run(line, in: scratch).status == 0)
    let twice = try Timestep.run("diagnose run ./run/ generalization-gap", in: scratch)
    #expect(twice.status == 64 && twice.errors.contains("named twice"), "\(twice)")
    let python = ["TIMESTEP_PYTHON": "/nonexistent/python"]
    #expect(try Timestep.run("report run", in: scratch, environment: python).status == 0)
    try scratch.write("{", to: "run/summary.json")
    try scratch.write("epoch,step\n1,2\n", to: "run/metrics.csv")
    let report = try Timestep.run("report run", in: scratch, environment: python)
    #expect(report.status == 65 && report.lines.last == "run/report.html", "\(report)")
    for part in ["summary.json: is no whole JSON", "metrics.csv: has no column 'train_loss'"] {
      #expect(report.errors.contains(part), "\(report.errors)")
      let html = String(decoding: try scratch.bytes("run/report.html"), as: UTF8.self)
      #expect(html.contains(part))
    }
    let curves = try Timestep.run("diagnose run training-curves", in: scratch)
    #expect(curves.status == 65 && curves.errors.contains("'train_loss'"), "\(curves)")
    try scratch.write("a file", to: "run/plots")
    let blocked = try Timestep.run("report run", in: scratch, environment: python)
    #expect(blocked.status == 73 && blocked.errors.contains("plots is a file"), "\(blocked)")
    let limited = try Timestep.run("evaluate run --test-limit 7 --json", in: scratch)
    #expect(try object(limited.output.utf8)["examples"] as? Int == 7, "\(limited)")
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
      ("train dense-2 --diagnose layer-norms --diagnose layer-norms:every=2", 64, "name it once"),
      ("diagnose extra modified-equation", 64, "takes nothing"),
      ("diagnose a b robustness", 64, "takes the directory of one run; 2 subjects were named"),
      ("diagnose eulr stability-regions", 64, "did you mean 'euler'"),
      ("diagnose euler stability-regions:scheme=rk4", 64, "two schemes"),
      ("diagnose stability-regions --data d", 64, "--data is for the network of a run"),
      ("evaluate run --split train --test-limit 3", 64, "--test-limit"),
    ])
  func mistakes(line: String, status: Int32, part: String) throws {
    let ending = try Timestep.run(line, in: scratch)
    #expect(ending.status == status && ending.errors.contains(part), "\(ending)")
  }
}
