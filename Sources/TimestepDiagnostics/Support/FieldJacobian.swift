import TimestepTorch

/// The derivative J of a function at one state, as a linear map and its adjoint; exact, by differentiating twice.
///
/// ```
/// J^T w = d<f(u), w>/du,   J v = d<J^T w, v>/dw
/// ```
///
/// A batch is a state too: where examples do not see each other, J is the blocks of all of them at once.
package final class FieldJacobian {
  private let u: Tensor
  private let value: Tensor
  private let covector: Tensor
  private let pulledBack: Tensor?

  /// Records the function at a state.
  package init(at state: Tensor, of function: (Tensor) throws -> Tensor) throws {
    (u, value, covector, pulledBack) = try withGradients {
      let u = try state.detached().copied()
      try u.setRequiresGradient()
      let value = try function(u)
      let covector = try Tensor.zeros(value.shape, value.dataType, on: value.device)
      try covector.setRequiresGradient()
      let pulledBack = try Tensor.gradients(
        of: [value], seeds: [covector], withRespectTo: [u], createGraph: true)[0]
      return (u, value, covector, pulledBack)
    }
  }

  /// `J v`
  package func applied(to v: Tensor) throws -> Tensor {
    guard let pulledBack else {
      return try .zeros(value.shape, value.dataType, on: value.device)
    }
    let result = try Tensor.gradients(
      of: [pulledBack], seeds: [v.detached()], withRespectTo: [covector], retainGraph: true)[0]
    return try result ?? .zeros(value.shape, value.dataType, on: value.device)
  }

  /// `J^T w`
  package func transposed(_ w: Tensor) throws -> Tensor {
    let result = try Tensor.gradients(
      of: [value], seeds: [w.detached()], withRespectTo: [u], retainGraph: true)[0]
    return try result ?? .zeros(u.shape, u.dataType, on: u.device)
  }

  /// `J v`, through which gradients go back by `J^T`.
  func differentiably(appliedTo v: Tensor) throws -> Tensor {
    try customGradient([applied(to: v)], of: [v]) { [self] gradients in
      [try gradients[0].map { try transposed($0) }]
    }[0]
  }

  /// The largest singular value for each example, by power iteration on `J^T J`; from below.
  package func norms(iterations: Int = 30, tolerance: Double = 1e-4, _ generator: Generator) throws
    -> [Double]
  {
    try SpectralNorm(iterations: iterations, tolerance: tolerance).perExample(
      like: u, generator, apply: applied, transposed: transposed)
  }
}

/// Power iteration for the largest singular value of a linear map, for each example of a batch by itself.
package struct SpectralNorm {
  /// The most iterations.
  package var iterations: Int
  /// The relative change below which it ends.
  package var tolerance: Double

  /// Sets the limits.
  package init(iterations: Int = 30, tolerance: Double = 1e-4) {
    self.iterations = iterations
    self.tolerance = tolerance
  }

  /// The values, which approach the norms from below.
  package func perExample(
    like state: Tensor, _ generator: Generator, apply: (Tensor) throws -> Tensor,
    transposed: (Tensor) throws -> Tensor
  ) throws -> [Double] {
    var v = try Self.normalized(state.noise(generator)).0
    var norms: [Double] = []
    for _ in 0..<max(iterations, 1) {
      let (w, lengths) = try Self.normalized(apply(v))
      let done =
        !norms.isEmpty && zip(lengths, norms).allSatisfy { abs($0 - $1) <= tolerance * $0 }
      norms = lengths
      if done || lengths.allSatisfy({ $0 == 0 || !$0.isFinite }) { break }
      v = try Self.normalized(transposed(w)).0
    }
    return norms
  }

  /// Every example over its length, where it has one.
  private static func normalized(_ v: Tensor) throws -> (Tensor, [Double]) {
    let lengths = try v.lengths()
    return (try v.scaled(byExample: lengths.map { $0 > 0 && $0.isFinite ? 1 / $0 : 0 }), lengths)
  }
}
