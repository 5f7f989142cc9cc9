/// A learning rate that is divided at given moments: `rate = initial * factor^(number of drops passed)`.
///
/// Moments are counted in epochs from 0 and may be fractions; a drop at 40 takes effect with the first step of
/// the 0-based epoch 40.
public struct StepSchedule: Sendable, Codable, Hashable {
  /// The rate before the first drop.
  public var initial: Double
  /// The moments in epochs.
  public var drops: [Double]
  /// What the rate is multiplied by at each.
  public var factor: Double

  /// Creates a schedule.
  public init(initial: Double, drops: [Double] = [], factor: Double = 0.1) {
    self.initial = initial
    self.drops = drops
    self.factor = factor
  }

  /// The rate after the given number of epochs.
  public func rate(atEpoch progress: Double) -> Double {
    // The tolerance keeps a fraction such as 1.5 epochs of an odd number of steps from rounding late.
    drops.reduce(initial) { progress + 1e-9 >= $1 ? $0 * factor : $0 }
  }
}
