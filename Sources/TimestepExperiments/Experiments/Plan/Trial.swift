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
    identifying.output = nil
    identifying.data = nil
    identifying.threads = nil
    identifying.device = nil
    identifying.checkpointEvery = nil
    identifying.onCheckpointError = nil
    var hash = SHA256()
    hash.update(Array(try ConfigurationFile.text(identifying).utf8))
    identity = String(hash.hexadecimal().prefix(32))
  }

  /// The seed.
  public var seed: UInt64 { configuration.seed }

  /// Looks for the data of trials before any of them begins.
  ///
  /// - Throws: ``RunError`` that names the data set and says where it may lie.
  static func checkData(of trials: [Trial]) throws {
    var found: Set<String> = []
    for trial in trials {
      let dataset = trial.configuration.dataset
      guard trial.configuration.options.data == nil, !dataset.markers.isEmpty,
        found.insert(dataset.name).inserted
      else { continue }
      do { _ = try DatasetSearch().directory(of: dataset) } catch let error as DataError {
        throw RunError(
          error.kind == .notFound ? .notFound : .badData,
          "\(error.problem); put its files into a folder '\(dataset.name)' of the directory that "
            + "TIMESTEP_DATA names (see 'timestep data list')")
      }
    }
  }

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
