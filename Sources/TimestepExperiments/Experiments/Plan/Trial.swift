import Foundation
import TimestepData
import TimestepDiagnostics

/// One training of a plan. Trials whose resolved configurations are equal are the same trial, whatever plans they are
/// in.
public struct Trial: Sendable {
  /// Its place on the plan's axes.
  public let values: [TableValue]
  /// The whole configuration.
  public let configuration: RunConfiguration
  /// The first half of the SHA-256 of the configuration's text, without what says only where and how it is carried
  /// out: directories, threads, device, times of checkpoints.
  public let identity: String

  /// Resolves the options of a trial.
  ///
  /// - Throws: errors of names and options.
  public init(_ values: [TableValue], _ options: RunOptions, seed: UInt64) throws {
    var options = options
    options.seed = seed
    self.values = values
    configuration = try RunConfiguration(resolving: options)
    var identifying = configuration.options
    for option in RunOptions.circumstances { option.clear(&identifying) }
    var hash = SHA256()
    hash.update(Array(try ConfigurationFile.text(identifying).utf8))
    identity = String(hash.hexadecimal().prefix(32))
  }

  /// The seed.
  public var seed: UInt64 { configuration.seed }

  /// The name of its run's directory.
  public var name: String { "\(configuration.networkName)-\(identity.prefix(16))" }

  /// What it costs in arbitrary units, for the time left: steps times layers.
  var weight: Double {
    let options = configuration.options
    let all = configuration.dataset.counts.train
    let examples = min(options.trainLimit ?? all, all)
    let steps = min(
      Double(configuration.maxSteps ?? .max),
      Double(configuration.epochs) * Double(examples) / Double(configuration.batchSize))
    return max(1, steps) * Double(max(1, options.depth ?? 1))
  }
}

extension RunOptions {
  /// An option by its key, with how to leave it out.
  struct Circumstance: Sendable {
    let key: CodingKeys
    let clear: @Sendable (inout RunOptions) -> Void
  }

  /// What says only where and how a run is carried out: runs that differ in nothing else are the same training.
  static let circumstances = [
    Circumstance(key: .output) { $0.output = nil },
    Circumstance(key: .data) { $0.data = nil },
    Circumstance(key: .threads) { $0.threads = nil },
    Circumstance(key: .device) { $0.device = nil },
    Circumstance(key: .checkpointEvery) { $0.checkpointEvery = nil },
    Circumstance(key: .onCheckpointError) { $0.onCheckpointError = nil },
  ]
}
