import TimestepTorch

/// The convex problem in the last linear map of a network, for given features.
///
/// ```
/// min over V of  loss(A V, C) + alpha / 2 |V|^2,   A = [Y 1], V = [W b]^T
/// ```
///
/// A is `[N, m + 1]`, V `[m + 1, k]`.
public protocol ReadoutProblem: Sendable {
  /// The loss, a mean over examples.
  var objective: any Objective { get }
  /// The factor alpha.
  var alpha: Double { get }
  /// The best V.
  ///
  /// - Parameter start: where an iteration begins.
  func solve(_ features: Tensor, _ targets: Tensor, from start: Tensor) throws -> Tensor
  /// `U -> (d^2 loss / dV^2 + alpha)^-1 U` at given V, U `[m + 1, k]`.
  func inverseCurvature(_ features: Tensor, _ targets: Tensor, at readout: Tensor) throws -> (
    (Tensor) throws -> Tensor
  )
}

/// Least squares, `1 / (2N) |A V - C|^2 + alpha / 2 |V|^2`, by singular values.
///
/// ```
/// A = P diag(s) Q^T,   V = Q diag(s / (s^2 + N alpha)) P^T C
/// ```
///
/// Without alpha, singular values below 1e-12 of the largest are left out. Source: Golub and Pereyra (1973); lecture,
/// section 6.5.
public struct LeastSquaresReadout: ReadoutProblem {
  public let objective: any Objective = RegressionObjective()
  public let alpha: Double

  /// Creates the problem.
  public init(alpha: Double = 0) { self.alpha = alpha }

  public func solve(_ features: Tensor, _ targets: Tensor, from start: Tensor) throws -> Tensor {
    let (u, s, vh) = try features.singularValueDecomposition()
    let shrunk = try inverse(s, examples: features.shape[0]) * s
    return try vh.transposed().matrixProduct(
      shrunk.unsqueezed(1) * u.transposed().matrixProduct(targets))
  }

  /// `1 / (s^2 + N alpha)`, 0 where s is none.
  private func inverse(_ s: Tensor, examples: Int) throws -> Tensor {
    let square = try s.square() + Double(examples) * alpha
    let least = max(try square.max().scalar() * 1e-24, .leastNormalMagnitude)
    return try square.reciprocal() * square.greater(least).cast(to: s.dataType)
  }

  public func inverseCurvature(_ features: Tensor, _ targets: Tensor, at readout: Tensor) throws
    -> ((Tensor) throws -> Tensor)
  {
    let (_, s, vh) = try features.singularValueDecomposition()
    let examples = features.shape[0]
    let scales = try inverse(s, examples: examples).unsqueezed(1) * Double(examples)
    return { u in
      try vh.transposed().matrixProduct(scales * vh.matrixProduct(u))
    }
  }
}
