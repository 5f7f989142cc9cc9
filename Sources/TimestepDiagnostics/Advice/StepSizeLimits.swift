import TimeStepping

/// Up to which step size something stays within bounds, as far as that was measured.
package enum StepSizeLimit: Equatable {
  /// Up to this one, and no longer at the other, slightly larger one.
  case at(Double, brokenAt: Double)
  /// At all that were tried, up to this one.
  case atLeast(Double)
  /// Already broken at this one, the smallest that was tried.
  case below(Double)

  /// The limit itself; nil where it was not met.
  package var value: Double? { if case .at(let h, _) = self { h } else { nil } }

  /// Where it is among others: what keeps several bounds keeps the first of them.
  fileprivate var rank: Double {
    switch self {
    case .below: -1
    case .at(let h, _): h
    case .atLeast: .infinity
    }
  }
}

/// The largest step sizes of a stage that keep each of the bounds of ``StepSizeAdvice``.
package struct StepSizeLimits {
  /// For the backward gain.
  package let gain: StepSizeLimit
  /// For the noise amplification.
  package let noise: StepSizeLimit
  /// For every decaying mode; nil where none decays.
  package let stable: StepSizeLimit?
  /// For nine decaying modes of ten.
  package let mostlyStable: StepSizeLimit?
  /// Halvings between two step sizes that were tried.
  private static let halvings = 6

  /// Finds limits between the step sizes of a scan; what the time does not suffice for stays as wide as the scan left it.
  ///
  /// - Parameter largest: the largest step size that is looked at for the modes, over the one at hand.
  package init(
    _ study: StepSizeStudy, _ scan: StepSizeScan, largest: Double, isTimeUp: () -> Bool
  ) throws {
    let points = scan.points
    gain = try Self.limit(study, points, isTimeUp) { $0.gain <= scan.bounds.gain }
    noise = try Self.limit(study, points, isTimeUp) { $0.noise <= scan.bounds.noise }
    let most = largest * study.h
    let limits = study.modes.filter(\.isDecaying)
      .map { study.stabilityLimit(of: $0, upTo: most) }.sorted()
    func limit(_ h: Double) -> StepSizeLimit { h < most ? .at(h, brokenAt: h) : .atLeast(most) }
    stable = limits.first.map(limit)
    mostlyStable = limits.isEmpty ? nil : limit(limits[limits.count / 10])
  }

  /// The largest step size that keeps gain and noise within their bounds.
  package var advised: StepSizeLimit { gain.rank <= noise.rank ? gain : noise }

  /// The largest step size up to which a bound is kept, between two that were tried.
  private static func limit(
    _ study: StepSizeStudy, _ points: [StepSizeStudy.Point], _ isTimeUp: () -> Bool,
    _ isKept: (StepSizeStudy.Point) -> Bool
  ) throws -> StepSizeLimit {
    guard let first = points.firstIndex(where: { !isKept($0) }) else {
      return .atLeast(points.last?.h ?? study.h)
    }
    guard first > 0 else { return .below(points[0].h) }
    var (low, high) = (points[first - 1].h, points[first].h)
    for _ in 0..<halvings where !isTimeUp() {
      let middle = (low + high) / 2
      if try isKept(study.point(factor: middle / study.h)) { low = middle } else { high = middle }
    }
    return .at(low, brokenAt: high)
  }
}
