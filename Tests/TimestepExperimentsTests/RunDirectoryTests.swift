import Foundation
import TestSupport
import Testing
import TimestepExperiments
import TimestepTraining

@Suite("Run directories")
struct RunDirectoryTests {
  private let scratch: Scratch
  private let configuration: RunConfiguration

  init() throws {
    scratch = try Scratch()
    configuration = try RunConfiguration(
      resolving: ConfigurationFile.parse("network: dense-2", from: "test"))
  }

  @Test("A directory is made with those above it; one that holds a run is refused")
  func creation() throws {
    let path = scratch.path("a/b/run")
    let run = try RunDirectory.create(path, for: configuration)
    #expect(run.url.path == path && scratch.names(in: "a/b/run") == ["checkpoints"])
    // Without a configuration it is no run yet: whoever failed before can begin again.
    _ = try RunDirectory.create(path, for: configuration)
    try run.write(configuration.options)
    let error = runError { try RunDirectory.create(path, for: configuration) }
    #expect(error?.kind == .cannotCreate && error?.description.contains("--output") == true)
    #expect(try run.readConfiguration().options == configuration.options)
  }

  @Test("A place below or at a file cannot be a run")
  func belowFile() throws {
    try scratch.write("", to: "file")
    for place in ["file", "file/run"] {
      let error = runError { try RunDirectory.create(scratch.path(place), for: configuration) }
      #expect(error?.kind == .cannotCreate && error?.description.contains("file") == true)
    }
  }

  @Test("What is no run is told from a run that is damaged")
  func reading() throws {
    let none = RunDirectory(URL(fileURLWithPath: scratch.path("none")))
    #expect(runError { try none.readConfiguration() }?.kind == .notFound)
    let empty = runError { try RunDirectory(scratch.url).readConfiguration() }
    #expect(empty?.kind == .notFound && empty?.description.contains("is not a run") == true)
    #expect(runError { try RunDirectory(scratch.url).parametersFile() }?.kind == .notFound)
    for text in ["network: resnet-20\ndepth: 21\n", "network: resent-20\n", "epochs: [\n", ""] {
      try scratch.write(text, to: "config.yaml")
      let error = runError { try RunDirectory(scratch.url).readConfiguration() }
      #expect(error?.kind == .configuration, "\(text)")
      #expect(error?.description.contains(scratch.path("config.yaml")) == true, "\(text)")
    }
  }

  @Test("A diverged run is complete, and says why")
  func diverged() throws {
    let options = try ConfigurationFile.parse(
      "{network: dense-5, epochs: 2, learning-rate: 1.0e+30, threads: 2}", from: "test")
    for (yaml, name) in [("{}", "first"), ("max-steps: 1", "last")] {
      let given = try ConfigurationFile.parse(yaml, from: "test").over(options)
      let (run, summary) = try train(given, into: name, of: scratch)
      #expect(summary.status == .diverged && summary.epochs == 0)
      #expect(try #require(summary.message).contains("nan"))
      #expect(
        scratch.names(in: name) == ["checkpoints", "config.yaml", "metrics.csv", "summary.json"])
      let saved = try JSONDecoder().decode(RunSummary.self, from: Data(contentsOf: run.summary))
      #expect(saved.status == .diverged && saved.message == summary.message)
      #expect(try run.parametersFile().path.hasSuffix("parameters.safetensors"))
    }
  }
}
