/// Looks for a step at which the objective has fallen and has lost most of its slope:
///
/// ```
/// phi(x + t d) <= phi(x) + c1 t <g, d>,    |<g(x + t d), d>| <= c2 |<g, d>|
/// ```
///
/// First a bracket is found by extrapolation, then it is narrowed, both by cubic interpolation. Source: Nocedal and
/// Wright, algorithms 3.5 and 3.6, with the safeguards of M. Schmidt's minFunc, so that steps are those of
/// `torch.optim.LBFGS` with `strong_wolfe`.
public struct StrongWolfeSearch: LineSearch {
  /// c1
  public var decrease: Double
  /// c2
  public var curvature: Double
  /// The largest number of evaluations after the first.
  public var trials: Int
  /// The largest change of a parameter at which a bracket is narrow enough.
  public var resolution: Double

  /// Creates a search.
  public init(
    decrease: Double = 1e-4, curvature: Double = 0.9, trials: Int = 25, resolution: Double = 1e-9
  ) {
    self.decrease = decrease
    self.curvature = curvature
    self.trials = trials
    self.resolution = resolution
  }

  private typealias Sample = SearchLine.Sample

  public func search(_ line: SearchLine, first step: Double) throws -> (
    point: SearchPoint, step: Double
  )? {
    let start = Sample(
      step: 0, value: line.start.objective, slope: line.slope, gradient: line.start.gradient)
    var (bracket, left, isFound) = try extrapolate(line, start, first: step)
    if !isFound { try narrow(&bracket, line, start, trials: &left) }
    let best = bracket.low
    guard best.step != 0, let point = try line.better(line.point(of: best)) else { return nil }
    return (point, best.step)
  }

  /// Two steps between which a good one lies, the one with the smaller value first.
  private struct Bracket {
    var low, high: Sample

    init(_ one: Sample, _ other: Sample) {
      // Written so that a value that is not a number is never the lower one.
      (low, high) = other.value < one.value ? (other, one) : (one, other)
    }

    var least: Double { min(low.step, high.step) }
    var most: Double { max(low.step, high.step) }
  }

  private func falls(_ sample: Sample, from start: Sample) -> Bool {
    sample.value <= start.value + decrease * sample.step * start.slope
  }

  private func isFlat(_ sample: Sample, from start: Sample) -> Bool {
    abs(sample.slope) <= -curvature * start.slope
  }

  /// Longer and longer steps, until a good one has been passed.
  private func extrapolate(_ line: SearchLine, _ start: Sample, first step: Double) throws -> (
    Bracket, trialsLeft: Int, isFound: Bool
  ) {
    var last = start
    var now = try line.sample(step)
    for trial in 0..<trials {
      if !falls(now, from: start) || (trial > 1 && now.value >= last.value) {
        return (Bracket(last, now), trials - trial, false)
      }
      if isFlat(now, from: start) { return (Bracket(now, now), trials - trial, true) }
      if now.slope >= 0 { return (Bracket(last, now), trials - trial, false) }
      let next = Self.cubicMinimum(
        last, now, in: (now.step + 0.01 * (now.step - last.step))...(now.step * 10))
      last = now
      now = try line.sample(next)
    }
    return (Bracket(start, now), 0, true)
  }

  private func narrow(
    _ bracket: inout Bracket, _ line: SearchLine, _ start: Sample, trials: inout Int
  ) throws {
    let largest = try line.direction.absolute().max().scalar()
    var isSlow = false
    while trials > 0, (bracket.most - bracket.least) * largest >= resolution {
      var step = Self.cubicMinimum(bracket.low, bracket.high, in: bracket.least...bracket.most)
      let margin = 0.1 * (bracket.most - bracket.least)
      if min(bracket.most - step, step - bracket.least) < margin {
        if isSlow || step >= bracket.most || step <= bracket.least {
          let isNearMost = abs(step - bracket.most) < abs(step - bracket.least)
          step = isNearMost ? bracket.most - margin : bracket.least + margin
          isSlow = false
        } else {
          isSlow = true
        }
      } else {
        isSlow = false
      }
      let now = try line.sample(step)
      trials -= 1
      if !falls(now, from: start) || now.value >= bracket.low.value {
        bracket = Bracket(bracket.low, now)
        continue
      }
      let isDone = isFlat(now, from: start)
      if !isDone, now.slope * (bracket.high.step - bracket.low.step) >= 0 {
        bracket.high = bracket.low
      }
      bracket.low = now
      if isDone { return }
    }
  }

  /// The minimum of the cubic through two values and slopes, moved into the bounds; their middle where it has none.
  private static func cubicMinimum(
    _ a: Sample, _ b: Sample, in bounds: ClosedRange<Double>
  ) -> Double {
    let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0, square.isFinite else {
      return (bounds.lowerBound + bounds.upperBound) / 2
    }
    let d2 = square.squareRoot()
    let (first, second) = a.step <= b.step ? (a, b) : (b, a)
    let share = (second.slope + d2 - d1) / (second.slope - first.slope + 2 * d2)
    let minimum = second.step - (second.step - first.step) * share
    return minimum.isNaN
      ? (bounds.lowerBound + bounds.upperBound) / 2
      : min(max(minimum, bounds.lowerBound), bounds.upperBound)
  }
}
