import TimestepLayers
import TimestepTorch

/// A function of a vector `[n]` with values of any shape, differentiated by the record of its operations.
public struct VectorFunction {
  private let evaluate: (Tensor) throws -> (value: Tensor, inputs: [Tensor])
  private let join: ([Tensor?]) throws -> Tensor
  private let split: (Tensor) throws -> [Tensor]

  /// A function that is given its argument as a tensor.
  public init(_ function: @escaping (Tensor) throws -> Tensor) {
    evaluate = { x in
      let leaf = try x.detached().copied()
      try leaf.setRequiresGradient()
      return (try function(leaf), [leaf])
    }
    join = { try $0.first.flatMap { $0 } ?? Tensor.zeros([], .float64) }
    split = { [$0] }
  }

  /// A function of parameters, which are left at the last argument.
  public init(of parameters: ParameterVector, _ function: @escaping () throws -> Tensor) {
    evaluate = { x in
      try parameters.assign(x)
      return (try function(), parameters.tensors)
    }
    join = { try parameters.joined($0) }
    split = { try parameters.split($0) }
  }

  /// The value at x, without its record; operations are recorded meanwhile, for functions that are gradients.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try withGradients { try evaluate(x).value.detached() }
  }

  /// The value and the Jacobian at x.
  public func linearized(at x: Tensor) throws -> Linearization {
    let (value, inputs) = try withGradients { try evaluate(x) }
    return try Linearization(
      of: value, withRespectTo: inputs, count: x.count, join: join, split: split)
  }
}

/// The Jacobian J of recorded values with respect to a vector, as products with vectors.
///
/// ```
/// J^T w  by one backward pass
/// J v    by the derivative of u -> J^T u, which is linear in u, in the direction v
/// ```
///
/// Neither forms J. The second needs operations that can be differentiated twice: all but an adjoint that computes
/// steps again, which is refused. It costs two backward passes. Source: R. A. Pearlmutter's transposition as in
/// J. Townsend (2017), A new trick for calculating Jacobian vector products.
public final class Linearization {
  /// The value, without its record.
  public let value: Tensor
  private let recorded: Tensor
  private let inputs: [Tensor]
  private let count: Int
  private let join: ([Tensor?]) throws -> Tensor
  private let split: (Tensor) throws -> [Tensor]
  private var transposed: (seed: Tensor, products: [Tensor?])?

  init(
    of recorded: Tensor, withRespectTo inputs: [Tensor], count: Int,
    join: @escaping ([Tensor?]) throws -> Tensor, split: @escaping (Tensor) throws -> [Tensor]
  ) throws {
    (self.recorded, self.inputs, self.count, self.join, self.split) = (
      recorded, inputs, count, join, split
    )
    value = try recorded.detached()
  }

  /// The Jacobian of a recorded value with respect to parameters.
  public convenience init(of recorded: Tensor, withRespectTo parameters: ParameterVector) throws {
    try self.init(
      of: recorded, withRespectTo: parameters.tensors, count: parameters.count,
      join: { try parameters.joined($0) }, split: { try parameters.split($0) })
  }

  /// `J^T w`, `[n]`, for w of the value's shape.
  public func transposedProduct(_ w: Tensor) throws -> Tensor {
    guard try recorded.requiresGradient else { return try zeros() }
    let products = try Tensor.gradients(
      of: [recorded], seeds: [w], withRespectTo: inputs, retainGraph: true)
    guard products.contains(where: { $0 != nil }) else { return try zeros() }
    return try withoutGradients { try join(products) }
  }

  /// `J v`, of the value's shape, for v `[n]`.
  public func product(_ v: Tensor) throws -> Tensor {
    let (seed, products) = try transposedProducts()
    let pairs = try zip(products, split(v)).compactMap { product, part in
      try product.flatMap { try $0.requiresGradient ? ($0, part) : nil }
    }
    guard !pairs.isEmpty else { return try value * 0 }
    let result = try Tensor.gradients(
      of: pairs.map(\.0), seeds: pairs.map(\.1), withRespectTo: [seed], retainGraph: true)
    return try result[0]?.detached() ?? value * 0
  }

  /// `u -> J^T u` recorded at u = 0, once for all products.
  private func transposedProducts() throws -> (seed: Tensor, products: [Tensor?]) {
    if let transposed { return transposed }
    let made = try withGradients {
      let seed = try Tensor.zeros(value.shape, value.dataType, on: value.device)
      try seed.setRequiresGradient()
      let products =
        try recorded.requiresGradient
        ? Tensor.gradients(
          of: [recorded], seeds: [seed], withRespectTo: inputs, createGraph: true)
        : inputs.map { _ in nil }
      return (seed: seed, products: products)
    }
    transposed = made
    return made
  }

  private func zeros() throws -> Tensor {
    try Tensor.zeros([count], value.dataType, on: value.device)
  }
}
