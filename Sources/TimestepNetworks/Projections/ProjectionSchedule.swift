/// After which optimiser steps a projection is applied.
///
/// A draw depends on the seed and the step alone: all layers of a network, whose seeds agree, are projected after
/// the same steps, and a run that is resumed repeats what an unbroken one does.
public enum ProjectionSchedule: Sendable, Hashable {
  /// After every m-th step.
  case every(Int)
  /// After each step with this probability.
  case probability(Double)

  /// Whether the projection follows the step of this number, counted from 1; 0 stands for the initial values,
  /// which are always projected.
  public func isDue(afterStep step: Int, seed: UInt64) -> Bool {
    switch self {
    case _ where step == 0: true
    case .every(let interval): step % Swift.max(interval, 1) == 0
    case .probability(let probability): Self.uniform(seed, step) < probability
    }
  }

  /// A number in [0, 1): the finaliser of SplitMix64 (Steele et al. 2014) over the seed, then over the step.
  private static func uniform(_ seed: UInt64, _ step: Int) -> Double {
    func mix(_ value: UInt64) -> UInt64 {
      var z = value &+ 0x9e37_79b9_7f4a_7c15
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    return Double(mix(mix(seed) ^ UInt64(bitPattern: Int64(step))) >> 11) * 0x1p-53
  }
}
