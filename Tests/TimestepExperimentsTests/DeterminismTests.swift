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

  @Test("Fingerprints of equal trainings are equal; of others the first difference is named")
  func fingerprints() throws {
    let scratch = try Scratch()
    func record(_ yaml: String, _ name: String) throws -> URL {
      let options = try tinyOptions(scratch, yaml)
      let run = TrainingRun(try RunConfiguration(resolving: options), version: "test")
      return try run.start(output: scratch.path(name), recordsFingerprints: true).directory
        .fingerprints
    }
    let first = try record("max-steps: 3", "first")
    let same = try FingerprintComparison(first, record("max-steps: 3", "same"))
    #expect(same.isDeterministic && same.steps == 3 && same.differencesInStep == 0)
    #expect("\(same)".hasPrefix("deterministic: two processes gave the same bytes in 3 steps"))
    let names = try String(contentsOf: first, encoding: .utf8).split(separator: "\n").dropFirst()
      .map { String($0.split(separator: ",")[1]) }
    #expect(names.prefix(3) == ["loss", "gradient norm", "stem.conv.weight"])
    #expect(
      names.contains("optimizer/momentum/stem.conv.weight") && names.last == "test top5_accuracy")
    #expect(same.names * 3 + 4 == names.count, "\(same.names) \(names.count)")

    let seed = try FingerprintComparison(first, record("{max-steps: 3, seed: 2}", "seed"))
    #expect(seed.difference?.step == 1 && seed.difference?.name == "loss")
    // Weight decay does not show in the loss of the first step, but in the first weights.
    let decay = try FingerprintComparison(
      first, record("{max-steps: 3, weight-decay: 0.01}", "decay"))
    #expect(decay.difference?.step == 1 && decay.difference?.name == "stem.conv.weight")
    #expect("\(decay)".contains("not deterministic: step 1 differs first in stem.conv.weight"))
    // A rate that differs after the second step.
    let drop = try FingerprintComparison(
      first, record("{max-steps: 3, drop-at: [0.15]}", "drop"))
    #expect(drop.difference?.step == 3 && drop.difference?.name == "stem.conv.weight")
    let longer = try FingerprintComparison(first, record("max-steps: 4", "longer"))
    #expect(longer.difference?.step == 3 && longer.difference?.name == "train loss")
    #expect(
      runError { try FingerprintComparison(first, first.appendingPathExtension("no")) }?.kind
        == .notFound)
  }
}
