/// Losses that stand out from those before them.
///
/// ```
/// loss is a spike where  loss > m + 6 s,  loss > 1.5 m  and  loss > b / 10,
/// m = median of the last 64 losses,  s = 1.4826 median |loss_i - m|,  b = median of the first 16
/// ```
///
/// of single batches, of which there must have been 16. The median is not moved by a spike; a loss that stays high is no
/// spike any more after half of the 64. s is the standard deviation where losses are normal. The second condition keeps
/// apart what stands out in a training whose losses hardly differ; the third, in one whose losses are almost zero, where
/// single hard examples make large ratios of nothing.
public struct LossSpikes: Sendable, Codable {
  /// The losses of the last steps.
  public private(set) var recent: [Double] = []
  /// All spikes.
  public private(set) var count = 0
  /// Those of the epoch at hand.
  public private(set) var inEpoch = 0

  /// The median of the first losses; nil before there are enough.
  public private(set) var beginning: Double?

  private static let window = 64
  private static let fewest = 16

  /// Nothing was seen yet.
  public init() {}

  /// Notes a loss; whether it is a spike.
  public mutating func see(_ loss: Double) -> Bool {
    let isSpike = stands(loss)
    if isSpike {
      count += 1
      inEpoch += 1
    }
    recent.append(loss)
    if recent.count == Self.fewest, beginning == nil { beginning = Self.median(recent) }
    if recent.count > Self.window { recent.removeFirst() }
    return isSpike
  }

  /// Begins another epoch.
  mutating func finishEpoch() { inEpoch = 0 }

  private func stands(_ loss: Double) -> Bool {
    guard recent.count >= Self.fewest else { return false }
    let median = Self.median(recent)
    guard loss > 1.5 * median, loss > 0.1 * (beginning ?? 0) else { return false }
    let deviation = 1.4826 * Self.median(recent.map { abs($0 - median) })
    return loss > median + 6 * deviation
  }

  /// The lower of the two in the middle for an even number.
  private static func median(_ values: [Double]) -> Double {
    values.sorted()[(values.count - 1) / 2]
  }
}
