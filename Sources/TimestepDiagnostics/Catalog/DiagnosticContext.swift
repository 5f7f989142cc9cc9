import Foundation
import TimeStepping
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// What a diagnostic looks at, and how much it may cost.
public struct DiagnosticContext {
  /// What is looked at in a few words, e.g. `resnet-20 on Fashion-MNIST`; below the titles of plots.
  public var label: String
  /// The network.
  public var network: ResidualNetwork?
  /// The scheme; that of the network's first stage where none is given.
  public var scheme: (any Scheme)?
  /// The examples that the network was made for.
  public var data: DiagnosticData?
  /// The epochs of runs, for what is compared over them.
  public var histories: [TrainingHistory]
  /// The directory of the run, with what was written during its training; nil where there is none.
  public var directory: URL?
  /// Decides on everything random.
  public var seed: UInt64
  /// How much it may cost.
  public var budget: DiagnosticBudget

  /// Joins the parts.
  public init(
    _ label: String, network: ResidualNetwork? = nil, scheme: (any Scheme)? = nil,
    data: DiagnosticData? = nil, histories: [TrainingHistory] = [], directory: URL? = nil,
    seed: UInt64 = 0, budget: DiagnosticBudget = DiagnosticBudget()
  ) {
    self.label = label
    self.network = network
    self.scheme = scheme ?? network?.stages.first?.scheme
    self.data = data
    self.histories = histories
    self.directory = directory
    self.seed = seed
    self.budget = budget
  }

  /// What is missing of an input, in words; nil where all is there.
  func lack(_ input: DiagnosticInput) -> String? {
    switch input {
    case .trainedRun where network == nil || data == nil:
      "looks at a trained network with its data; name the directory of a run"
    case .network where network == nil:
      "looks at a network; name the directory of a run"
    case .scheme where scheme == nil:
      "looks at a scheme; name one, see 'timestep list schemes', or the directory of a run"
    case .histories where histories.isEmpty:
      "looks at the epochs of runs; name their directories"
    default: nil
    }
  }

  /// The network; for diagnostics whose input promises one.
  public func requiredNetwork() throws -> ResidualNetwork {
    guard let network else { throw missing(.network) }
    return network
  }

  /// The data; for diagnostics whose input promises them.
  public func requiredData() throws -> DiagnosticData {
    guard let data else { throw missing(.trainedRun) }
    return data
  }

  /// The scheme; for diagnostics whose input promises one.
  public func requiredScheme() throws -> any Scheme {
    guard let scheme else { throw missing(.scheme) }
    return scheme
  }

  /// What was written step by step during the training, by the file's name; nil where it was not.
  func log(_ name: String) throws -> TrainingHistory? {
    guard let file = directory?.appendingPathComponent(name),
      FileManager.default.fileExists(atPath: file.path)
    else { return nil }
    return try TrainingHistory(label, seed: seed, contentsOf: file.path)
  }

  private func missing(_ input: DiagnosticInput) -> DiagnosticError {
    DiagnosticError(.doesNotApply, label, lack(input) ?? "has no \(input.rawValue)")
  }
}

/// How much a diagnostic may cost.
public struct DiagnosticBudget: Sendable, Hashable {
  /// The most examples that are looked at where a mean over examples is taken.
  public var examples: Int
  /// Seconds after which iterations that could go on end; tables say where that was so.
  public var seconds: Double

  /// Sets the limits.
  public init(examples: Int = 1024, seconds: Double = 300) {
    self.examples = examples
    self.seconds = seconds
  }
}
