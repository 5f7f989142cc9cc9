import TimeStepping
import TimestepTorch

/// How far to go along a direction.
public protocol LineSearch: Sendable {
  /// A point that is good enough, beginning with a step; nil where none is found.
  func search(_ line: SearchLine, first step: Double) throws -> (point: SearchPoint, step: Double)?
}

/// The line searches by name, the argument `line-search` of a method.
public enum LineSearchName: String, Sendable, CaseIterable {
  /// ``ArmijoSearch``
  case armijo
  /// ``StrongWolfeSearch``
  case wolfe

  /// The argument as methods describe it.
  static func argument(_ standard: LineSearchName) -> ArgumentDescription {
    ArgumentDescription(
      "line-search", standard: standard.rawValue,
      "armijo halves the step until the objective falls, wolfe looks at slopes too")
  }

  /// The search with its usual constants.
  ///
  /// - Parameter curvature: the share c2 of the slope that may be left.
  func search(curvature: Double = 0.9) -> any LineSearch {
    switch self {
    case .armijo: ArmijoSearch()
    case .wolfe: StrongWolfeSearch(curvature: curvature)
    }
  }
}

/// phi along a direction, `t -> phi(x + t d)`.
public struct SearchLine {
  /// phi and its slope at a step.
  public struct Sample {
    /// t
    public let step: Double
    /// phi(x + t d)
    public let value: Double
    /// `<gradient, d>`
    public let slope: Double
    /// `[n]`
    public let gradient: Tensor
  }

  /// The point x.
  public let start: SearchPoint
  /// The direction d, `[n]`.
  public let direction: Tensor
  /// `<gradient, d>` at x.
  public let slope: Double
  private let problem: any FullBatchProblem

  init(_ problem: any FullBatchProblem, from start: SearchPoint, along direction: Tensor) throws {
    (self.problem, self.start, self.direction) = (problem, start, direction)
    slope = try (start.gradient * direction).sum().scalar()
  }

  private func point(_ step: Double) throws -> Tensor {
    try start.values.adding(direction, scaledBy: step)
  }

  /// The point at a step if its value is wanted and it is better than the start; only then is its gradient computed.
  public func point(
    at step: Double, where isWanted: (Double) -> Bool
  ) throws -> SearchPoint? {
    let values = try point(step)
    let (value, recorded) = try problem.evaluate(at: values)
    guard isWanted(value) else { return nil }
    let gradient = try problem.gradient(of: recorded)
    return try better(SearchPoint(values: values, objective: value, gradient: gradient))
  }

  /// The point, if it is better than the start: a smaller value or, where rounding leaves no difference, a shorter
  /// gradient.
  func better(_ point: SearchPoint) throws -> SearchPoint? {
    guard try point.gradient.isAllFinite, point.objective <= start.objective else { return nil }
    let isLess = point.objective < start.objective
    return try isLess || point.gradient.norm().scalar() < start.gradient.norm().scalar()
      ? point : nil
  }

  /// Value and slope at a step.
  public func sample(_ step: Double) throws -> Sample {
    let (value, recorded) = try problem.evaluate(at: point(step))
    let gradient = try problem.gradient(of: recorded)
    return Sample(
      step: step, value: value, slope: try (gradient * direction).sum().scalar(),
      gradient: gradient)
  }

  /// The point of a sample.
  public func point(of sample: Sample) throws -> SearchPoint {
    SearchPoint(
      values: try point(sample.step), objective: sample.value, gradient: sample.gradient)
  }
}

/// Halves the step until the objective falls by a share of what its slope promises:
///
/// ```
/// phi(x + t d) <= phi(x) + c t <g, d>
/// ```
///
/// A step at which phi is not finite is halved too. Source: Armijo (1966); Nocedal and Wright, algorithm 3.1.
public struct ArmijoSearch: LineSearch {
  /// c
  public var decrease: Double
  /// What a step that is too long is multiplied by.
  public var factor: Double
  /// The largest number of steps tried.
  public var trials: Int

  /// Creates a search.
  public init(decrease: Double = 1e-4, factor: Double = 0.5, trials: Int = 30) {
    self.decrease = decrease
    self.factor = factor
    self.trials = trials
  }

  public func search(_ line: SearchLine, first step: Double) throws -> (
    point: SearchPoint, step: Double
  )? {
    var step = step
    for _ in 0..<trials {
      let bound = line.start.objective + decrease * step * line.slope
      if let point = try line.point(at: step, where: { $0 <= bound }) {
        return (point, step)
      }
      step *= factor
    }
    return nil
  }
}
