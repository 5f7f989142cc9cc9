import TimestepLayers
import TimestepTorch

/// The length of a whole gradient, and what is cut off where it is too long.
public enum GradientNorm {
  /// The Euclidean norm of all gradients together; 0 where there are none.
  ///
  /// Squares of float32 numbers from about 2e19 on have no number themselves: then the norm is computed again in
  /// float64. It is infinite or no number only where an element is.
  public static func of(_ parameters: [Parameter]) throws -> Double {
    let gradients = try parameters.compactMap { try $0.value.gradient }
    let norm = try Foreach.norm(gradients)
    guard !norm.isFinite, try gradients.first?.dataType != .float64 else { return norm }
    return try withoutGradients { try Foreach.norm(gradients.map { try $0.cast(to: .float64) }) }
  }

  /// Shortens gradients whose norm is larger than a limit, as PyTorch's `clip_grad_norm_`:
  ///
  /// ```
  /// g <- g limit / (|g| + 1e-6)  where that factor is below 1,   |g| over all parameters together
  /// ```
  ///
  /// - Parameter norm: what ``of(_:)`` gave.
  public static func clip(_ parameters: [Parameter], from norm: Double, to limit: Double) throws {
    let factor = limit / (norm + 1e-6)
    guard factor < 1 else { return }
    try Foreach.multiply(parameters.compactMap { try $0.value.gradient }, by: factor)
  }

  /// The last parameter, in the order of the network, whose gradient is not finite: the first in the order of the
  /// backward pass. Nil where all are.
  static func firstNonFinite(_ parameters: [Parameter]) throws -> String? {
    try parameters.last { parameter in
      try parameter.value.gradient.map { try !$0.isAllFinite } ?? false
    }?.path
  }
}
