import TimestepTorch

/// The derivative J of a function at one state, as a linear map and its adjoint; exact, by differentiating twice.
///
/// ```
/// J^T w = d<f(u), w>/du,   J v = d<J^T w, v>/dw
/// ```
///
/// The function is computed once. A batch is a state too: where examples do not see each other, J is the blocks of all
/// of them at once.
package final class FieldJacobian {
  private let u: Tensor
  private let value: Tensor
  private var adjoint: Adjoint?

  /// `J^T w` as a function of w, recorded so that it can be differentiated once more; nil where it is zero.
  private struct Adjoint {
    let covector: Tensor
    let pulledBack: Tensor?
  }

  /// Records the function at a state.
  package init(at state: Tensor, of function: (Tensor) throws -> Tensor) throws {
    (u, value) = try withGradients {
      let u = try state.detached().copied()
      try u.setRequiresGradient()
      return (u, try function(u))
    }
  }

  /// `J v`
  package func applied(to v: Tensor) throws -> Tensor {
    let adjoint = try recordedAdjoint()
    guard let pulledBack = adjoint.pulledBack else { return try Self.zeros(like: value) }
    let result = try Tensor.gradients(
      of: [pulledBack], seeds: [v.detached().cast(to: pulledBack.dataType)],
      withRespectTo: [adjoint.covector], retainGraph: true)[0]
    return try result ?? Self.zeros(like: value)
  }

  /// `J^T w`
  package func transposed(_ w: Tensor) throws -> Tensor {
    guard try value.requiresGradient else { return try Self.zeros(like: u) }
    let result = try Tensor.gradients(
      of: [value], seeds: [w.detached().cast(to: value.dataType)], withRespectTo: [u],
      retainGraph: true)[0]
    return try result ?? Self.zeros(like: u)
  }

  /// `J v`, through which gradients go back by `J^T`.
  func differentiably(appliedTo v: Tensor) throws -> Tensor {
    try customGradient([applied(to: v)], of: [v]) { [self] gradients in
      [try gradients[0].map { try transposed($0) }]
    }[0]
  }

  /// The largest singular value for each example, from below.
  package func norms(_ iteration: PowerIteration, _ generator: Generator) throws -> [Double] {
    try iteration.perExample(like: u, generator, apply: applied, transposed: transposed).norms
  }

  private func recordedAdjoint() throws -> Adjoint {
    if let adjoint { return adjoint }
    let made = try withGradients {
      let covector = try Self.zeros(like: value)
      guard try value.requiresGradient else {
        return Adjoint(covector: covector, pulledBack: nil)
      }
      try covector.setRequiresGradient()
      let pulledBack = try Tensor.gradients(
        of: [value], seeds: [covector], withRespectTo: [u], createGraph: true)[0]
      let isZero = try pulledBack.map { try !$0.requiresGradient } ?? true
      return Adjoint(covector: covector, pulledBack: isZero ? nil : pulledBack)
    }
    adjoint = made
    return made
  }

  private static func zeros(like tensor: Tensor) throws -> Tensor {
    try .zeros(tensor.shape, tensor.dataType, on: tensor.device)
  }
}
