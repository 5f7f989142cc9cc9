import Foundation
import TestSupport
import Testing
import TimestepCommand

@Suite("Commands that only print")
struct InformationTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(
    "The help of every command has an example and needs no libtorch",
    arguments: ["train", "evaluate", "describe", "list", "doctor", "export"])
  func help(command: String) throws {
    let ending = try Timestep.run(
      "\(command) --help", in: scratch, environment: ["LIBTORCH": "/nowhere"])
    #expect(ending.status == 0 && ending.errors.isEmpty)
    #expect(ending.output.contains("Example") && ending.output.contains("timestep \(command) "))
  }

  @Test("describe counts the parameters of the reference's table")
  func describe() throws {
    let ending = try Timestep.run("describe resnet-110", in: scratch)
    #expect(ending.status == 0 && ending.output.contains("1,730,714"), "\(ending)")
    let json = try Timestep.run("describe resnet-110 --json", in: scratch)
    let description = try object(json.output.utf8)
    #expect(description["parameters"] as? Int == 1_730_714)
    let layers = try #require(description["layers"] as? [[String: Any]])
    #expect(layers.compactMap { $0["parameters"] as? Int }.reduce(0, +) == 1_730_714)
    #expect(try Timestep.run("describe dense-30 --h 0.1", in: scratch).status == 0)
  }

  @Test("Every catalog as JSON and as text")
  func list() throws {
    for catalog in Catalog.allCases {
      let ending = try Timestep.run("list \(catalog.rawValue) --json", in: scratch)
      #expect(ending.status == 0 && ending.errors.isEmpty, "\(catalog)")
      let parsed = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
      let entries = try #require(parsed as? [[String: Any]], "\(catalog)")
      #expect(entries.allSatisfy { $0["name"] is String && $0["title"] is String })
      #expect(!entries.isEmpty, "\(catalog)")
    }
    let text = try Timestep.run("list schemes", in: scratch)
    #expect(text.status == 0 && text.output.contains("heun"))
  }

  @Test("The trials of a sweep as JSON and as text, without carrying them out")
  func plannedTrials() throws {
    try scratch.write(
      "network: dense-3\ndataset: two-moons\ngrid: {h: [1, 0.1]}\nseeds: [4, 5]\n", to: "small.yaml"
    )
    let line = "sweep small.yaml --dry-run --output all"
    let json = try Timestep.run("\(line) --json", in: scratch)
    #expect(json.status == 0, "\(json.errors)")
    let plans = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(plans.count == 1 && plans[0]["experiment"] as? String == "sweep/small")
    #expect(plans[0]["axes"] as? [String] == ["h"])
    let trials = try #require(plans[0]["trials"] as? [[String: Any]])
    #expect(trials.map { $0["seed"] as? Int } == [4, 5, 4, 5])
    #expect(trials.map { $0["values"] as? [Double] } == [[1], [1], [0.1], [0.1]])
    #expect(trials.allSatisfy { $0["finished"] as? Bool == false })
    let text = try Timestep.run(line, in: scratch)
    #expect(text.lines.first == "sweep/small: 4 trials, 4 to do" && text.lines.count == 5)
    #expect(text.lines.last?.contains(trials[3]["name"] as? String ?? "?") == true)
    #expect(scratch.names() == ["small.yaml"])
  }

  @Test("doctor reports the engine and what it was looked for in vain")
  func doctor() throws {
    let ending = try Timestep.run("doctor --json", in: scratch)
    #expect(ending.status == 0, "\(ending.errors)")
    let report = try object(ending.output.utf8)
    #expect((report["libtorch"] as? String)?.hasPrefix("2.") == true)
    #expect(report["version"] as? String == timestepVersion)
    #expect((report["datasets"] as? [String: String])?["two-moons"] == "generated")
    #expect(try Timestep.run("doctor", in: scratch).output.contains("libtorch"))
  }

  @Test("A printed configuration gives itself when it is fed back")
  func printConfig() throws {
    for (number, options) in [
      "resnet-20", "resnet --depth 14 --h 0.1 --drop-at 0.5,1.5 --seed 18446744073709551615",
      "dense-10 --optimizer adam --learning-rate 1e-3 --no-shuffle --max-steps 5 --output x",
    ].enumerated() {
      let first = try Timestep.run("train \(options) --print-config", in: scratch)
      #expect(first.status == 0 && first.errors.isEmpty && !first.output.isEmpty)
      let file = "config-\(number).yaml"
      try scratch.write(first.output, to: file)
      for command in ["train", "describe"] {
        let again = try Timestep.run("\(command) --config \(file) --print-config", in: scratch)
        #expect(again.status == 0 && again.output == first.output, "\(again)")
      }
    }
    #expect(scratch.names() == ["config-0.yaml", "config-1.yaml", "config-2.yaml"])
  }

  @Test("Options on the command line win over those of the file")
  func precedence() throws {
    try scratch.write("network: resnet-20\nh: 0.5\nepochs: 4\n", to: "c.yaml")
    let line = "train --config c.yaml --h 0.25 --print-config"
    let output = try Timestep.run(line, in: scratch).output
    #expect(output.contains("h: 0.25\n") && output.contains("epochs: 4\n"), "\(output)")
  }
}
