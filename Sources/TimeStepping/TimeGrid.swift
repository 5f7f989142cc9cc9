/// The times `t_{l+1} = t_l + h_l`, l = 0 ... N-1, between which a scheme steps: how many steps, of
/// what length.
public struct TimeGrid: Sendable, Hashable {
  /// The step sizes h_0 ... h_{N-1}, in units of time. Zero is allowed (the identity), and so are
  /// negative sizes (backwards in time).
  public let sizes: [Double]
  /// The times t_0 ... t_N, one more than there are steps.
  public let times: [Double]

  /// The number N of steps.
  public var steps: Int { sizes.count }
  /// The time t_0 at which the first step starts.
  public var start: Double { times[0] }
  /// The time t_N at which the last step ends.
  public var end: Double { times[steps] }

  /// Makes a grid of N steps of equal size, `t_l = t_0 + l h`.
  ///
  /// - Throws: ``TimeGridError`` if N < 1 or if a size or a time is not finite.
  public init(steps: Int, size h: Double, start: Double = 0) throws {
    guard steps >= 1 else { throw TimeGridError.noSteps(steps) }
    try self.init(
      sizes: [Double](repeating: h, count: steps),
      times: (0...steps).map { start + Double($0) * h })
  }

  /// Makes a grid of N equal steps from one time to another, `h = (t_N - t_0) / N`.
  ///
  /// - Throws: ``TimeGridError`` if N < 1 or if a time is not finite.
  public init(from start: Double, to end: Double, steps: Int) throws {
    try self.init(steps: steps, size: (end - start) / Double(steps), start: start)
  }

  /// Makes a grid of steps of the given sizes, `t_{l+1} = t_l + h_l`.
  ///
  /// - Throws: ``TimeGridError`` if there are no sizes or if a size or a time is not finite.
  public init(sizes: [Double], start: Double = 0) throws {
    try self.init(
      sizes: sizes, times: sizes.reduce(into: [start]) { $0.append($0[$0.count - 1] + $1) })
  }

  private init(sizes: [Double], times: [Double]) throws {
    guard !sizes.isEmpty else { throw TimeGridError.noSteps(0) }
    if let step = sizes.firstIndex(where: { !$0.isFinite }) {
      throw TimeGridError.notFiniteSize(step: step, value: sizes[step])
    }
    if let index = times.firstIndex(where: { !$0.isFinite }) {
      throw TimeGridError.notFiniteTime(index: index, value: times[index])
    }
    (self.sizes, self.times) = (sizes, times)
  }
}

/// Why a time grid was refused.
public enum TimeGridError: Error, CustomStringConvertible {
  /// The number of steps is less than one.
  case noSteps(Int)
  /// The size of a step is infinite or not a number.
  case notFiniteSize(step: Int, value: Double)
  /// A time, the start or a later one, is infinite or not a number.
  case notFiniteTime(index: Int, value: Double)

  /// The error in words.
  public var description: String {
    switch self {
    case .noSteps(let steps):
      "a time grid needs at least 1 step, not \(steps)"
    case .notFiniteSize(let step, let value):
      "the size h of step \(step) has to be finite, not \(value)"
    case .notFiniteTime(let index, let value):
      "the time t_\(index) has to be finite, not \(value)"
    }
  }
}
