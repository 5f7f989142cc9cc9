import TimeStepping
import TimestepTorch

/// Newton's method with the Gauss-Newton model of the second derivatives, solved by few conjugate gradients.
///
/// ```
/// H d = -g up to |H d + g| <= tolerance |g|,   H = J^T L'' J + R''
/// ```
///
/// The matrix is never formed. Source: Meganet.m, `newton` with `steihaugPCG` (tolerance 0.1, 10 iterations, Armijo
/// 1e-3); lecture, section 6.6.
public struct GaussNewton: Minimizer {
  public let name = "gauss-newton"
  public let title = "Gauss-Newton, each direction by few conjugate gradients"
  public let equation = "(J^T L'' J + R'') d = -g"
  public let source = "lecture, section 6.6; Meganet.m, newton and steihaugPCG"
  /// The relative residual at which conjugate gradients end.
  public var tolerance = 0.1
  /// The largest number of them.
  public var innerIterations = 10
  /// The largest length of a direction, at whose border conjugate gradients end; infinite for any.
  public var radius = Double.infinity

  /// Creates the method.
  public init() {}

  public var lineSearch: any LineSearch { ArmijoSearch(decrease: 1e-3) }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("tolerance", standard: "0.1", "relative residual of the inner iteration"),
      ArgumentDescription("inner", standard: "10", "most iterations of the inner iteration"),
      ArgumentDescription("radius", standard: "none", "largest length of a direction"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Minimizer {
    var copy = self
    copy.tolerance = try choice.number("tolerance", in: 0...1) ?? tolerance
    copy.innerIterations = try choice.integer("inner", in: 1...1_000_000) ?? innerIterations
    if choice.values["radius"] != "none" {
      copy.radius = try choice.number("radius", in: 1e-12...NamedChoice.largestNumber) ?? radius
    }
    return copy
  }

  public func directions(for problem: any FullBatchProblem) throws -> any DescentDirections {
    guard let problem = problem as? any GaussNewtonProblem else {
      throw ArgumentError(
        "minimizer", name, "the problem offers no model of its second derivatives; use l-bfgs")
    }
    return NewtonDirections(method: self, problem: problem)
  }
}

private final class NewtonDirections: DescentDirections {
  private let method: GaussNewton
  private let problem: any GaussNewtonProblem
  private var ignoresCurvature = false

  init(method: GaussNewton, problem: any GaussNewtonProblem) {
    (self.method, self.problem) = (method, problem)
  }

  func forget() { ignoresCurvature = true }

  func next(from point: SearchPoint) throws -> DescentDirection {
    if ignoresCurvature {
      ignoresCurvature = false
      return DescentDirection(
        direction: try -point.gradient, firstStep: try point.gradient.firstStepLength())
    }
    try problem.parameters.assign(point.values)
    let solution = try ConjugateGradients(
      tolerance: method.tolerance, iterations: method.innerIterations, radius: method.radius
    ).solve(problem.curvature(), -point.gradient)
    return DescentDirection(direction: solution.x, innerIterations: solution.iterations)
  }
}
