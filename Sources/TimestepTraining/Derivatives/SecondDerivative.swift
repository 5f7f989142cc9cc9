import TimestepLayers
import TimestepTorch

/// Second derivatives of a scalar function as products with vectors, `v -> f''(x) v`.
///
/// The gradient is recorded and differentiated once more. Source: Pearlmutter (1994), Fast exact multiplication by
/// the Hessian.
public final class SecondDerivative {
  private let inputs: [Tensor]
  private let gradients: [Tensor?]

  /// The second derivatives of a function of one tensor at x.
  public convenience init(at x: Tensor, of function: (Tensor) throws -> Tensor) throws {
    let leaf = try x.detached().copied()
    try leaf.setRequiresGradient()
    try self.init(of: withGradients { try function(leaf) }, withRespectTo: [leaf])
  }

  /// The second derivatives of a recorded scalar.
  public init(of scalar: Tensor, withRespectTo inputs: [Tensor]) throws {
    self.inputs = inputs
    gradients = try withGradients {
      try Tensor.gradients(of: [scalar], withRespectTo: inputs, createGraph: true)
    }
  }

  /// `f''(x) v` for v of x's shape.
  public func product(_ v: Tensor) throws -> Tensor { try products([v])[0] }

  /// `f''(x) v` for v of the shapes of the inputs.
  public func products(_ v: [Tensor]) throws -> [Tensor] {
    let pairs = try zip(gradients, v).compactMap { gradient, part in
      try gradient.flatMap { try $0.requiresGradient ? ($0, part) : nil }
    }
    let results =
      pairs.isEmpty
      ? inputs.map { _ in nil }
      : try Tensor.gradients(
        of: pairs.map(\.0), seeds: pairs.map(\.1), withRespectTo: inputs, retainGraph: true)
    return try zip(results, v).map { try $0 ?? $1 * 0 }
  }
}
