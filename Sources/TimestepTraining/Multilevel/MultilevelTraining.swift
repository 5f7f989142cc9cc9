import Foundation
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Trains a network with few steps, and then, again and again, one with twice as many that begins with its weights.
///
/// ```
/// level k: N 2^k steps of size h / 2^k, the same time T; weights between two sets are interpolated
/// ```
///
/// Weights that change slowly in time make the better start, see ``TimeRegularization``. The cold start to compare
/// with is a training of ``network(level:)`` alone. Source: lecture, section 6.9; Haber, Ruthotto, Holtham and Jun
/// (2017), Learning across scales.
public struct MultilevelTraining {
  /// What the training of one level has to say.
  public struct Outcome: Sendable, Codable {
    /// The objective with the first weights.
    public var before: Double
    /// The objective with the last weights.
    public var after: Double
    /// What was computed, in passes over all examples.
    public var work: Work

    /// Describes an outcome.
    public init(before: Double, after: Double, work: Work) {
      (self.before, self.after, self.work) = (before, after, work)
    }
  }

  /// One level.
  public struct Level: Sendable, Codable {
    /// From 0, the coarsest.
    public var level: Int
    /// The steps of all stages.
    public var steps: Int
    /// The step size h.
    public var h: Double
    /// The objective before the first and after the last step of the level's training.
    public var outcome: Outcome
    /// Seconds of its training.
    public var seconds: Double
    /// The work in units of one evaluation on the finest level.
    public var workUnits: Double
  }

  /// The number of levels.
  public let levels: Int
  /// Their options, the coarsest first.
  public let options: [NetworkOptions]
  private let name: String
  private let task: NetworkTask
  private let seed: UInt64
  private let dataType: DataType
  private let device: Device

  /// Plans the levels of a family; throws `OptionError` where there is no such network on one of them.
  ///
  /// - Parameters:
  ///   - family: the family's name without a depth, e.g. `antisymmetric`.
  ///   - coarsest: the options of the coarsest level.
  public init(
    _ family: String, _ coarsest: NetworkOptions, task: NetworkTask, levels: Int, seed: UInt64 = 0,
    dataType: DataType = .float32, device: Device = .cpu
  ) throws {
    guard (1...30).contains(levels) else {
      throw OptionError("levels", levels, "expected 1 to 30")
    }
    guard let planned = try NetworkCatalog.parse(family).family as? any PlannedFamily else {
      throw OptionError("network", family, "its steps cannot be doubled")
    }
    var all = [try planned.resolved(coarsest, for: task)]
    for _ in 1..<levels { all.append(try planned.refined(all[all.count - 1], for: task)) }
    (name, options, self.levels, self.task) = (planned.name, all, levels, task)
    (self.seed, self.dataType, self.device) = (seed, dataType, device)
  }

  /// The network of a level with fresh weights.
  public func network(level: Int) throws -> ResidualNetwork {
    guard options.indices.contains(level) else {
      throw OptionError("level", level, "expected 0 to \(levels - 1)")
    }
    return try NetworkCatalog.make(
      name, options[level], task: task, seed: seed, dataType: dataType, device: device)
  }

  /// Trains level after level.
  ///
  /// - Parameter train: trains the network of a level; the weights that it leaves are prolonged.
  /// - Returns: the network of the finest level, and what happened on each.
  public func callAsFunction(
    _ train: (_ network: ResidualNetwork, _ level: Int) throws -> Outcome
  ) throws -> (network: ResidualNetwork, levels: [Level]) {
    var network = try network(level: 0)
    let finest = try levels == 1 ? network.steps : self.network(level: levels - 1).steps
    var records: [Level] = []
    for level in 0..<levels {
      if level > 0 {
        let finer = try self.network(level: level)
        try finer.prolong(network)
        network = finer
      }
      let began = Date()
      let outcome = try train(network, level)
      records.append(
        Level(
          level: level, steps: network.steps, h: options[level].h ?? 1, outcome: outcome,
          seconds: Date().timeIntervalSince(began),
          workUnits: outcome.work.units * Double(network.steps) / Double(max(finest, 1))))
    }
    return (network, records)
  }

  /// Trains level after level with a minimiser on all examples.
  ///
  /// - Parameter problem: what is made small on a level.
  public func callAsFunction(
    by minimizer: any Minimizer, limits: (_ level: Int) -> MinimizationLimits,
    _ problem: (ResidualNetwork) throws -> any FullBatchProblem
  ) throws -> (network: ResidualNetwork, levels: [Level]) {
    try self { network, level in
      let result = try minimizer.minimize(try problem(network), limits: limits(level))
      return Outcome(
        before: result.records.first?.objective ?? .nan, after: result.last?.objective ?? .nan,
        work: result.last?.work ?? Work())
    }
  }
}

extension ResidualNetwork {
  /// The steps of all stages.
  var steps: Int { stages.reduce(0) { $0 + $1.grid.steps } }
}
