import Foundation
import TimeStepping
import TimestepNetworks
import TimestepTorch

/// A method that makes a ``FullBatchProblem`` small: directions, and a line search along each.
///
/// ```
/// theta <- theta + t d,   d from the method, t from the line search
/// ```
public protocol Minimizer: CatalogEntry {
  /// The arguments by which it can be varied; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The method with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any Minimizer
  /// How far to go along a direction.
  var lineSearch: any LineSearch { get }
  /// A fresh memory; throws `ArgumentError` for a problem that the method cannot work on.
  func directions(for problem: any FullBatchProblem) throws -> any DescentDirections
}

/// Where a method goes, with what it remembers of the points before.
public protocol DescentDirections: AnyObject {
  /// The next direction from a point, which differs from the last one.
  func next(from point: SearchPoint) throws -> DescentDirection
  /// Goes on as from the first point.
  func forget()
}

/// A point that a method has reached.
public struct SearchPoint {
  /// The parameters, `[n]`.
  public let values: Tensor
  /// phi
  public let objective: Double
  /// Its gradient, `[n]`.
  public let gradient: Tensor
}

/// A direction and the step to try first.
public struct DescentDirection {
  /// d, `[n]`
  public var direction: Tensor
  /// The first t.
  public var firstStep = 1.0
  /// Iterations made to find it, as by conjugate gradients.
  public var innerIterations = 0
}

/// When a minimisation ends.
public struct MinimizationLimits: Sendable, Codable, Equatable {
  /// The largest number of directions.
  public var iterations: Int
  /// The largest number of evaluations of phi; nil for any. A line search that has begun is finished.
  public var evaluations: Int?
  /// The norm of the gradient at which it is enough.
  public var gradientNorm: Double
  /// The change of phi in one iteration at which it is enough.
  public var change: Double

  /// Creates limits; without tolerances a method goes on to its last iteration.
  public init(
    iterations: Int = 100, evaluations: Int? = nil, gradientNorm: Double = 0, change: Double = 0
  ) {
    self.iterations = iterations
    self.evaluations = evaluations
    self.gradientNorm = gradientNorm
    self.change = change
  }
}

/// One iteration of a minimisation.
public struct MinimizationRecord: Sendable, Codable, Equatable {
  /// From 0, the start.
  public var iteration: Int
  /// phi after it.
  public var objective: Double
  /// The norm of the gradient after it.
  public var gradientNorm: Double
  /// The step t; 0 for the start.
  public var step: Double
  /// Iterations made to find the direction.
  public var innerIterations: Int
  /// Everything computed since the start.
  public var work: Work
  /// Seconds since the start.
  public var seconds: Double
}

/// What came of a minimisation.
public struct Minimization: Sendable, Codable {
  /// Why it ended.
  public enum Ending: String, Sendable, Codable {
    /// The gradient is as small as was asked for.
    case gradient
    /// phi changes as little as was asked for.
    case change
    /// As many iterations as were allowed.
    case iterations
    /// As many evaluations as were allowed.
    case evaluations
    /// No step along the direction makes phi small enough: at the accuracy of the numbers.
    case lineSearch = "line-search"
    /// phi or its gradient at the start is not finite.
    case notFinite = "not-finite"
    /// An observer asked for it.
    case stopped
  }

  /// Why it ended.
  public var ending: Ending
  /// The start and every iteration.
  public var records: [MinimizationRecord]

  /// The last iteration.
  public var last: MinimizationRecord? { records.last }
}

extension Minimizer {
  public var arguments: [ArgumentDescription] { [] }
  public func configured(_ choice: NamedChoice) throws -> any Minimizer { self }

  /// Makes a problem small, from its parameters as they are; they are left at the best point.
  ///
  /// - Parameter observe: is told of the start and of every iteration; whether to go on.
  public func minimize(
    _ problem: any FullBatchProblem, limits: MinimizationLimits = MinimizationLimits(),
    observe: (MinimizationRecord) throws -> Bool = { _ in true }
  ) throws -> Minimization {
    let (began, before) = (Date(), problem.work)
    let directions = try directions(for: problem)
    var records: [MinimizationRecord] = []
    func ended(_ ending: Minimization.Ending, at point: SearchPoint) throws -> Minimization {
      try problem.parameters.assign(point.values)
      return Minimization(ending: ending, records: records)
    }
    func isWanted(_ point: SearchPoint, step: Double, inner: Int) throws -> Bool {
      records.append(
        MinimizationRecord(
          iteration: records.count, objective: point.objective,
          gradientNorm: try point.gradient.norm().scalar(), step: step, innerIterations: inner,
          work: problem.work - before, seconds: Date().timeIntervalSince(began)))
      return try observe(records[records.count - 1])
    }
    let start = try problem.parameters.values()
    let (value, recorded) = try problem.evaluate(at: start)
    var point = SearchPoint(
      values: start, objective: value, gradient: try problem.gradient(of: recorded))
    var goesOn = try isWanted(point, step: 0, inner: 0)
    guard value.isFinite, records[0].gradientNorm.isFinite else {
      return try ended(.notFinite, at: point)
    }
    while true {
      if !goesOn { return try ended(.stopped, at: point) }
      if records[records.count - 1].gradientNorm <= limits.gradientNorm {
        return try ended(.gradient, at: point)
      }
      if records.count > limits.iterations { return try ended(.iterations, at: point) }
      let done = problem.work.evaluations - before.evaluations
      if done >= limits.evaluations ?? Int.max { return try ended(.evaluations, at: point) }
      guard let (next, step, inner) = try advance(point, of: problem, directions) else {
        return try ended(.lineSearch, at: point)
      }
      let change = abs(next.objective - point.objective)
      point = next
      goesOn = try isWanted(point, step: step, inner: inner)
      if goesOn, change < limits.change { return try ended(.change, at: point) }
    }
  }

  /// One iteration; where the method's direction does not serve, one more along a direction without memory.
  private func advance(
    _ point: SearchPoint, of problem: any FullBatchProblem, _ directions: any DescentDirections
  ) throws -> (point: SearchPoint, step: Double, inner: Int)? {
    for attempt in 0..<2 {
      if attempt > 0 { directions.forget() }
      let direction = try directions.next(from: point)
      let line = try SearchLine(problem, from: point, along: direction.direction)
      guard line.slope < 0, let found = try lineSearch.search(line, first: direction.firstStep)
      else { continue }
      return (found.point, found.step, direction.innerIterations)
    }
    return nil
  }
}
