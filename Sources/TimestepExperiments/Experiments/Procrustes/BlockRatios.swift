import Foundation
import TimestepDiagnostics

/// The gradient-norm ratios of every block in one training that was followed, epoch by epoch.
///
/// ```
/// r_l = |dL/du_{l+1}| / |dL/du_l|,   mean over the steps of an epoch
/// ```
struct BlockRatios {
  /// What a block does to the shape of the state.
  enum Kind: String, CaseIterable {
    case stem, transition, identity
  }

  /// A block.
  struct Block {
    let path: String
    let kind: Kind
  }

  /// A block in one epoch; NaN where no step had a gradient before and after it.
  struct Entry {
    let mean, lowest, highest: Double
  }

  let blocks: [Block]
  /// The epochs, from 1.
  let epochs: [Int]
  /// By epoch, then by block.
  let entries: [[Entry]]
  /// In the first step, with the initial weights.
  let first: [Double]

  /// Reads what a training wrote; nil where it diverged before it wrote anything.
  init?(_ outcome: TrialOutcome) throws {
    guard let log = try outcome.log(GradientRatioLog.fileName), let numbers = log["epoch"],
      !numbers.isEmpty
    else { return nil }
    let paths = log.columns.filter { $0 != "epoch" && $0 != "step" }
    let isNormPreserving = outcome.trial.configuration.family.name == "procresnet"
    blocks = paths.map { Block(path: $0, kind: Self.kind($0, isNormPreserving)) }
    let columns = paths.map { log[$0] ?? [] }
    let all = Set(numbers.map { Int($0) }).sorted()
    epochs = all
    first = columns.map { $0.first ?? .nan }
    entries = all.map { epoch in
      let rows = numbers.indices.filter { Int(numbers[$0]) == epoch }
      return columns.map { column in
        // A dead network has zero over zero.
        let values = rows.map { column[$0] }.filter { $0.isFinite && $0 > 0 }
        return Entry(
          mean: values.average, lowest: values.min() ?? .nan, highest: values.max() ?? .nan)
      }
    }
  }

  /// The stem is a transition of ProcResNet, whose paper counts it; elsewhere the first step of each stage is one.
  private static func kind(_ path: String, _ isNormPreserving: Bool) -> Kind {
    if path == "stem" { return .stem }
    if isNormPreserving { return path.hasSuffix(".transition") ? .transition : .identity }
    return path.hasSuffix(".steps.0") ? .transition : .identity
  }

  /// The median over blocks of `|log r|` in an epoch, the kinds taken together.
  func distance(_ kinds: Set<Kind>, epoch index: Int) -> Double {
    zip(blocks, entries[index]).filter { kinds.contains($0.0.kind) }
      .map { abs(log($0.1.mean)) }.filter(\.isFinite).median
  }

  /// The median over epochs of that.
  func distance(_ kinds: Set<Kind>) -> Double {
    entries.indices.map { distance(kinds, epoch: $0) }.filter(\.isFinite).median
  }

  /// The median over epochs of `|log r|` of each block of some kinds, the largest of them.
  func worst(_ kinds: Set<Kind>) -> (path: String, distance: Double)? {
    blocks.indices.filter { kinds.contains(blocks[$0].kind) }.map { block in
      (
        blocks[block].path,
        entries.map { abs(log($0[block].mean)) }.filter(\.isFinite).median
      )
    }.max { $0.1 < $1.1 }
  }

  /// The largest ratio over the smallest of all blocks but the stem, in an epoch.
  func range(epoch index: Int) -> Double {
    Self.range(zip(blocks, entries[index]).filter { $0.0.kind != .stem }.map(\.1.mean))
  }

  /// The same in the first step.
  var firstRange: Double {
    Self.range(zip(blocks, first).filter { $0.0.kind != .stem }.map(\.1))
  }

  private static func range(_ ratios: [Double]) -> Double {
    let known = ratios.filter { $0.isFinite && $0 > 0 }
    guard let low = known.min(), let high = known.max() else { return .nan }
    return high / low
  }
}

/// The ratios of all trainings of a plan that were followed.
struct FollowedRatios {
  private let all: [(outcome: TrialOutcome, ratios: BlockRatios)]
  private let trials: TrialOutcomes
  /// The depths of the plan, n in each stage.
  var depths: [Int] { trials.depths }

  /// Reads what the trainings wrote.
  init(_ trials: TrialOutcomes) throws {
    self.trials = trials
    all = try trials.all.compactMap { outcome in try BlockRatios(outcome).map { (outcome, $0) } }
  }

  /// Those of a network at a depth, with their seeds.
  func of(_ architecture: Procrustes.Architecture, _ n: Int) -> [(
    seed: UInt64, ratios: BlockRatios
  )] {
    all.filter {
      trials.value("network", of: $0.outcome) == architecture.value
        && trials.value("n", of: $0.outcome).matches(.integer(n))
    }.map { ($0.outcome.trial.seed, $0.ratios) }
  }
}
