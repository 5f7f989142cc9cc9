import Foundation
import TestSupport
import Testing
import TimestepExperiments

@Suite("Repeated trainings")
struct DeterminismTests {
  @Test("The same seed and threads give the same bytes; another seed, other ones")
  func repeated() throws {
    let scratch = try Scratch()
    var weights: [Data] = []
    for (number, seed) in [1, 1, 2].enumerated() {
      let options = try tinyOptions(scratch, "{seed: \(seed), augmentation: true}")
      let (directory, _) = try train(options, into: "run-\(number)", of: scratch)
      weights.append(try Data(contentsOf: directory.parametersFile()))
    }
    #expect(weights[0] == weights[1])
    #expect(weights[0] != weights[2] && weights[0].count == weights[2].count)
  }

  @Test("The configuration that a run saved repeats it, byte by byte")
  func fromSavedConfiguration() throws {
    let scratch = try Scratch()
    let (first, _) = try train(tinyOptions(scratch, "h: 0.1"), into: "first", of: scratch)
    let saved = try ConfigurationFile.read(first.configuration)
    let (second, _) = try train(saved, into: "second", of: scratch)
    #expect(
      try Data(contentsOf: first.parametersFile()) == Data(contentsOf: second.parametersFile()))
    #expect(
      try Data(contentsOf: first.configuration) == Data(contentsOf: second.configuration))
  }
}
