import TimestepLayers
import TimestepTorch

/// A number phi(theta) of parameters that is to be made small, computed from all examples at once.
public protocol FullBatchProblem: AnyObject {
  /// The parameters theta.
  var parameters: ParameterVector { get }
  /// phi at the parameters as they are, recorded for differentiation with respect to them.
  func objective() throws -> Tensor
  /// What was computed so far; whoever computes adds to it.
  var work: Work { get set }
}

/// A problem with a positive semi-definite model of its second derivatives.
public protocol GaussNewtonProblem: FullBatchProblem {
  /// `v -> H v`, `[n]` to `[n]`, at the parameters as they are:
  ///
  /// ```
  /// H = J^T L'' J + R''
  /// ```
  ///
  /// Recording J costs an evaluation and a gradient, which it counts.
  ///
  /// J the Jacobian of the outputs, L'' the second derivatives of the loss in the outputs, R the regularisation.
  func curvature() throws -> (Tensor) throws -> Tensor
}

/// How much was computed, in passes over all examples.
public struct Work: Sendable, Codable, Equatable {
  /// Evaluations of the objective.
  public var evaluations = 0
  /// Gradients.
  public var gradients = 0
  /// Products `H v` of a Gauss-Newton method.
  public var products = 0

  /// Nothing yet.
  public init() {}

  /// Everything in units of one evaluation: a gradient costs 2 besides its evaluation, the usual count of
  /// multiplications, and a product H v 4, one backward pass for J v and one for J^T w.
  ///
  /// Measured on a dense network of 16 RK4 steps on two cores, evaluation and gradient together take as long as 2.2
  /// evaluations, a product as long as 2.5 to 3.0: the ratio of the two is that of 3 and 4.
  public var units: Double { Double(evaluations + 2 * gradients + 4 * products) }

  /// What one has more than the other.
  public static func - (a: Work, b: Work) -> Work {
    var result = Work()
    result.evaluations = a.evaluations - b.evaluations
    result.gradients = a.gradients - b.gradients
    result.products = a.products - b.products
    return result
  }
}

extension FullBatchProblem {
  /// phi at a point, with its record; the parameters are left there.
  func evaluate(at point: Tensor) throws -> (value: Double, recorded: Tensor) {
    try parameters.assign(point)
    work.evaluations += 1
    let recorded = try withGradients { try objective() }
    return (try recorded.scalar(), recorded)
  }

  /// The gradient `[n]` of a recorded phi.
  func gradient(of recorded: Tensor) throws -> Tensor {
    work.gradients += 1
    return try parameters.gradient(of: recorded)
  }
}

/// A problem given by closures, such as a test function.
public final class ClosureProblem: FullBatchProblem {
  public let parameters: ParameterVector
  public var work = Work()
  private let value: () throws -> Tensor

  /// Creates the problem of a recorded function of parameters.
  public init(_ parameters: ParameterVector, _ value: @escaping () throws -> Tensor) {
    self.parameters = parameters
    self.value = value
  }

  public func objective() throws -> Tensor { try value() }
}
