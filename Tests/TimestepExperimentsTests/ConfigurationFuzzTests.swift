import Foundation
import TestSupport
import Testing
import TimeStepping
import TimestepData
import TimestepExperiments
import TimestepNetworks

/// Damaged configurations, given by `--config` or found in a run: they end in a typed error, or are read.
///
/// A short time here; `TIMESTEP_FUZZ=100000` reads as many files.
@Suite(.serialized) struct ConfigurationFuzzTests {
  private static let texts = [
    """
    network: resnet-20
    widths: [16, 32, 64]
    h: 0.1
    scheme: lm:k=trained
    dataset: fashion-mnist
    drop-at: [40.0, 60.0]
    batch-norm: true
    normalization: batch
    seed: 18446744073709551615
    corruption: ['label-noise:rate=0.2']
    checkpoint-every: 10m
    on-checkpoint-error: stop
    """,
    """
    {"network": "preresnet", "depth": 20, "dataset": "fashion-mnist", "epochs": 2,
     "noise": "stochastic-depth:survival=0.8", "transition": "pre-activated", "optimizer": "adam",
     "learning-rate": 1.0e-3, "regularization": ["time-l1:alpha=0.1,eps=0.01"], "precision": "fp64", "padding": "reflect", "shuffle": false}
    """,
    """
    # Points
    network: dense-5
    dataset: "two-moons:count=200,noise=0.1"
    initialize-from: weights.safetensors
    initialize-names: auto
    initialize-strict: no
    """,
  ]

  /// The reader of `--config` and of `RUN/config.yaml`.
  static let files: FuzzedReader = {
    // One that a run has written, with every choice made.
    let resolved = (try? RunConfiguration(resolving: ConfigurationFile.parse(texts[1], from: "a")))
      .flatMap { try? ConfigurationFile.text($0.options) }
    let all = texts + [resolved ?? ""]
    return FuzzedReader(
      name: "configuration",
      files: all.enumerated().map { ("\($0.offset).yaml", Array($0.element.utf8)) },
      explain: { error in
        guard let error = error as? RunError else { return nil }
        // The file's name is the first word of the message.
        return DamagePlace(file: error.description.components(separatedBy: ": ").first)
      },
      read: { directory in
        for index in all.indices {
          let file = URL(fileURLWithPath: "\(directory)/\(index).yaml")
          let options = try ConfigurationFile.read(file)
          // What the options mean is another matter, of typed errors of its own.
          do { _ = try RunConfiguration(resolving: options) } catch {
            guard isTyped(error) else { throw error }
            throw RunError(.configuration, "\(file.path): \(error)")
          }
        }
      })
  }()

  private static func isTyped(_ error: any Error) -> Bool {
    switch error {
    case is OptionError, is UnknownNameError, is TimeGridError, is ArgumentError, is NoiseRuleError,
      is MissingCapability, is NothingBefore, is DataError, is RunError:
      true
    default: false
    }
  }

  @Test func damagedFilesAreRefusedOrRead() throws {
    let report = try Self.files.fuzz(count: 500)
    #expect(report.faults.isEmpty, "\(report.faults.prefix(5))")
    #expect(report.slowest < .seconds(5) && report.refused > report.count / 4, "\(report)")
    #expect(report.memory < 200 << 20, "\(report)")
  }

  /// Few bytes that stand for very many values, or stand very deep in each other.
  @Test(arguments: ["aliases", "keys", "depth", "blocks", "questions", "size", "merge", "name"])
  func hostileFiles(_ kind: String) throws {
    let levels = 1...12
    func bomb(_ last: String) -> String {
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + levels.map { level in
          let items = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
          return "a\(level): &a\(level) [\(items)]\n"
        }.joined() + last
    }
    let text =
      switch kind {
      case "aliases": bomb("widths: *a12\n")
      case "keys": bomb("? *a12\n: 1\n? *a12\n: 2\n")
      case "depth": "widths: " + String(repeating: "[", count: 500_000)
      case "blocks": String(repeating: "- ", count: 250_000)
      case "questions": String(repeating: "? ", count: 250_000)
      case "name": "network: resnet-" + String(repeating: "2", count: 900_000)
      case "merge": "a: &a {epochs: 1}\n<<: *a\nnetwork: resnet-20\n"
      default: String(repeating: "# nothing\n", count: 1 << 20)
      }
    let scratch = try Scratch()
    let file = URL(fileURLWithPath: try scratch.write(text, to: "file.yaml"))
    let start = ContinuousClock.now
    if kind == "name" {
      let error = #expect(throws: UnknownNameError.self) {
        try RunConfiguration(resolving: ConfigurationFile.read(file))
      }
      #expect((error?.description.count ?? 0) < 2000)
      #expect(ContinuousClock.now - start < .seconds(5))
      return
    }
    let error = runError { try ConfigurationFile.read(file) }
    #expect(error?.kind == .configuration && error?.description.hasPrefix(file.path) == true)
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
