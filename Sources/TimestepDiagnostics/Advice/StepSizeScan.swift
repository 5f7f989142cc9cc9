import Foundation

/// Growth in a stage for step sizes tried outwards from the one at hand.
///
/// The one at hand comes first. Then what the advice needs is tried, eight step sizes to a factor of ten: smaller ones
/// until both bounds are kept, larger ones until both are broken. What is left of the range is for the picture.
package struct StepSizeScan {
  /// The largest backward gain G and noise amplification M.
  package struct Bounds {
    package var gain: Double
    package var noise: Double

    package init(gain: Double, noise: Double) { (self.gain, self.noise) = (gain, noise) }
  }

  /// What ended the scan.
  package enum End {
    /// Nothing was left to try.
    case range
    /// The time, with both bounds met.
    case timeForPicture
    /// The time, before both bounds were met.
    case timeForBounds
  }

  package let bounds: Bounds
  /// What was found at the h at hand.
  package let now: StepSizeStudy.Point
  package private(set) var end = End.range
  private var found: [Int: StepSizeStudy.Point] = [:]
  private let highest: Int
  private static let perTen = 8.0
  /// Where the picture begins, and where the search for bounds gives up: h / 100 and h / 10^8.
  private static let (lowestDrawn, lowest) = (-16, -64)
  /// How far above both bounds the picture ends.
  private static let excess = 30.0

  /// Tries step sizes up to `largest` times the one at hand, until the time is up.
  package init(
    _ study: StepSizeStudy, _ bounds: Bounds, largest: Double, isTimeUp: () -> Bool
  ) throws {
    self.bounds = bounds
    highest = max(0, Int((Self.perTen * log10(largest) + 1e-9).rounded(.down)))
    now = try study.point(factor: 1)
    found[0] = now
    while let (step, isForPicture) = next() {
      if isTimeUp() {
        end = isForPicture ? .timeForPicture : .timeForBounds
        break
      }
      found[step] = try study.point(factor: pow(10, Double(step) / Self.perTen))
    }
  }

  /// What was found, by ascending step size.
  package var points: [StepSizeStudy.Point] { found.sorted { $0.key < $1.key }.map(\.value) }

  /// Whether no noise and no gradient of the stage is beyond its bound; what is no number is beyond every bound.
  package func keepsBounds(_ point: StepSizeStudy.Point) -> Bool {
    point.gain <= bounds.gain && point.noise <= bounds.noise
  }

  /// What to try next, and whether it is for the picture alone; nil where nothing is left.
  private func next() -> (step: Int, isForPicture: Bool)? {
    guard let first = found.min(by: { $0.key < $1.key }),
      let last = found.max(by: { $0.key < $1.key })
    else { return nil }
    if !keepsBounds(first.value), first.key > Self.lowest { return (first.key - 1, false) }
    let isMet =
      found.values.contains { !($0.gain <= bounds.gain) }
      && found.values.contains { !($0.noise <= bounds.noise) }
    if !isMet, last.key < highest { return (last.key + 1, false) }
    if first.key > Self.lowestDrawn { return (first.key - 1, true) }
    let isHigh =
      !(last.value.gain <= Self.excess * bounds.gain)
      && !(last.value.noise <= Self.excess * bounds.noise)
    return isHigh || last.key >= highest ? nil : (last.key + 1, true)
  }
}
