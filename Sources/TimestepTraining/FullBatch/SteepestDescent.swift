import TimeStepping
import TimestepTorch

/// Goes along the negative gradient.
///
/// The first step is as long as one of L-BFGS, later ones are tried with the change of the objective that the last
/// one brought (Nocedal and Wright, equation 3.60).
public struct SteepestDescent: Minimizer {
  public let name = "steepest-descent"
  public let title = "along the negative gradient"
  public let equation = "d = -g"
  public let source = "Meganet.m, steepestDescent; Nocedal and Wright, section 2.2"
  private let search: LineSearchName

  /// Creates the method.
  public init(lineSearch: LineSearchName = .armijo) { search = lineSearch }

  public var lineSearch: any LineSearch { search.search() }

  public var arguments: [ArgumentDescription] { [LineSearchName.argument(.armijo)] }

  public func configured(_ choice: NamedChoice) throws -> any Minimizer {
    SteepestDescent(lineSearch: try choice.option("line-search") ?? search)
  }

  public func directions(for problem: any FullBatchProblem) -> any DescentDirections {
    GradientDirections { _, _, _ in 0 }
  }
}

/// Conjugate gradients for functions that are not quadratic, by Polak and Ribière:
///
/// ```
/// d <- -g + beta d,   beta = max(0, <g, g - g_last> / <g_last, g_last>)
/// ```
///
/// Needs slopes that are almost zero after each step. Source: Nocedal and Wright, equation 5.45.
public struct NonlinearConjugateGradients: Minimizer {
  public let name = "nonlinear-cg"
  public let title = "nonlinear conjugate gradients by Polak and Ribière"
  public let equation = "d <- -g + max(0, <g, g - g_last> / <g_last, g_last>) d"
  public let source = "Nocedal and Wright, equation 5.45"
  private let search: LineSearchName

  /// Creates the method.
  public init(lineSearch: LineSearchName = .wolfe) { search = lineSearch }

  public var lineSearch: any LineSearch { search.search(curvature: 0.1) }

  public var arguments: [ArgumentDescription] { [LineSearchName.argument(.wolfe)] }

  public func configured(_ choice: NamedChoice) throws -> any Minimizer {
    NonlinearConjugateGradients(lineSearch: try choice.option("line-search") ?? search)
  }

  public func directions(for problem: any FullBatchProblem) -> any DescentDirections {
    GradientDirections { gradient, last, square in
      max(0, try (gradient * (gradient - last)).sum().scalar() / square)
    }
  }
}

/// `d <- -g + beta d`
private final class GradientDirections: DescentDirections {
  private let share: (_ gradient: Tensor, _ last: Tensor, _ square: Double) throws -> Double
  private var last: (point: SearchPoint, direction: Tensor, square: Double)?

  /// - Parameter share: beta, of the gradient, the last one and its square.
  init(_ share: @escaping (Tensor, Tensor, Double) throws -> Double) { self.share = share }

  func forget() { last = nil }

  func next(from point: SearchPoint) throws -> DescentDirection {
    let gradient = point.gradient
    let square = try gradient.square().sum().scalar()
    var result = DescentDirection(direction: try -gradient)
    if let last, last.square > 0 {
      let beta = try share(gradient, last.point.gradient, last.square)
      let slope: Double
      if beta > 0 {
        result.direction = try result.direction.adding(last.direction, scaledBy: beta)
        slope = try (gradient * result.direction).sum().scalar()
      } else {
        slope = -square
      }
      // The change that the last step brought, as a quadratic function would bring it again.
      let change = point.objective - last.point.objective
      if slope < 0, change < 0 { result.firstStep = min(1.01 * 2 * change / slope, 1e6) }
    } else {
      result.firstStep = try gradient.firstStepLength()
    }
    last = (point, result.direction, square)
    return result
  }
}

extension Tensor {
  /// `min(1, 1 / |g|_1)`, a first step along -g that moves parameters by 1 together at most.
  func firstStepLength() throws -> Double {
    Swift.min(1, 1 / Swift.max(try absolute().sum().scalar(), .leastNormalMagnitude))
  }
}
