/// What limits of the step size mean for a stage, in words.
struct StepSizeReasoning {
  let bounds: StepSizeScan.Bounds
  let limits: StepSizeLimits
  let end: StepSizeScan.End
  /// The step size at hand, and whether it was seen to keep the bounds.
  let h: Double
  let isWithin: Bool
  /// The step size by the product bound; nil for schemes without one.
  let guaranteed: Double?
  /// Decaying modes, and those of them in the stability region at h.
  let (decaying, inside): (Int, Int)

  /// All of it in one line.
  var text: String {
    var parts = [
      text(limits.gain, "the backward gain", bounds.gain),
      text(limits.noise, "the noise amplification", bounds.noise),
    ]
    if let guaranteed, guaranteed.isFinite {
      parts.append("for any gradient whatever, the product bound allows h = \(guaranteed.text)")
    }
    parts.append(stability)
    parts.append(advice)
    if end == .timeForPicture { parts.append("the time was up before the whole range was tried") }
    return parts.joined(separator: "; ")
  }

  private func text(_ limit: StepSizeLimit, _ what: String, _ bound: Double) -> String {
    switch limit {
    case .at(let h, let broken):
      // The last halvings of a scan that was cut are missing.
      broken > 1.02 * h
        ? "\(what) stays below \(bound.text) up to h = \(h.text) and is above at \(broken.text)"
        : "\(what) stays below \(bound.text) up to h = \(h.text)"
    case .atLeast(let h):
      "\(what) stays below \(bound.text) up to h = \(h.text) at least, "
        + (end == .timeForBounds ? "when the time was up" : "the largest tried")
    case .below(let h):
      "\(what) is above \(bound.text) at h = \(h.text) already, the smallest tried"
        + (end == .timeForBounds ? " when the time was up" : "")
    }
  }

  private var stability: String {
    guard decaying > 0 else { return "no mode decays, so that stability asks for nothing" }
    let share = "\(inside) of \(decaying.of("decaying mode")) "
    let region =
      (inside == 1 ? "lies" : "lie") + " in the stability region at h = \(h.text)"
    guard case .atLeast(let most)? = limits.stable else { return share + region }
    return share + region + ", and all up to h = \(most.text) at least"
  }

  private var advice: String {
    switch limits.advised {
    case .at(let most, _) where isWithin && h <= most * (1 + 1e-9),
      .atLeast(let most) where isWithin && h <= most * (1 + 1e-9):
      "h = \(h.text) is within the bounds"
    case .at(let most, _):
      "h = \(h.text) is too large by a factor of \((h / most).text); advised is \(most.text)"
    case .atLeast: "h = \(h.text) is within the bounds"
    case .below(let least):
      "h = \(h.text) is too large; an advice, below \(least.text), was not found"
    }
  }
}
