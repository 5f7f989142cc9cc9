/// A learning rate that may rise at the beginning and is divided at given moments:
///
/// ```
/// rate(t) = initial * factor^(number of drops passed) * warmUp(t),   t in epochs
/// ```
///
/// Moments are counted in epochs from 0 and may be fractions; a drop at 40 takes effect with the first step of
/// the 0-based epoch 40. The rate of a step is that of the moment at which it begins.
public struct StepSchedule: Sendable, Codable, Hashable {
  /// The rate before the first drop.
  public var initial: Double
  /// The moments in epochs.
  public var drops: [Double]
  /// What the rate is multiplied by at each.
  public var factor: Double
  /// How the rate rises at the beginning.
  public var warmUp: WarmUp

  /// Creates a schedule.
  public init(
    initial: Double, drops: [Double] = [], factor: Double = 0.1, warmUp: WarmUp = WarmUp()
  ) {
    self.initial = initial
    self.drops = drops
    self.factor = factor
    self.warmUp = warmUp
  }

  /// The rate after the given number of epochs.
  public func rate(atEpoch progress: Double) -> Double {
    // The tolerance keeps a fraction such as 1.5 epochs of an odd number of steps from rounding late.
    let rate = drops.reduce(initial) { progress + 1e-9 >= $1 ? $0 * factor : $0 }
    return progress < warmUp.epochs ? rate * warmUp.factor(atEpoch: progress) : rate
  }
}

/// A learning rate that rises linearly, step by step, from a share of itself:
///
/// ```
/// warmUp(t) = start + (1 - start) t / epochs  for t < epochs, then 1
/// ```
///
/// As the warm-up of timm's schedulers with their updates on, which begins at a rate instead of a share of it. Source:
/// Goyal et al. (2017), Accurate, large minibatch SGD, section 2.2.
public struct WarmUp: Sendable, Codable, Hashable {
  /// How long it takes, in epochs; may be a fraction. 0 for no warm-up.
  public var epochs: Double
  /// The share that it begins with.
  public var start: Double

  /// The share that it begins with where none is chosen.
  public static let standardStart = 0.01

  /// Creates a warm-up; by default there is none.
  public init(epochs: Double = 0, start: Double = WarmUp.standardStart) {
    self.epochs = epochs
    self.start = start
  }

  /// The share of the rate at a moment.
  public func factor(atEpoch progress: Double) -> Double {
    guard epochs > 0, progress < epochs else { return 1 }
    return start + (1 - start) * max(progress, 0) / epochs
  }
}
