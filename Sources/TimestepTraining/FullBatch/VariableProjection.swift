import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A network's loss as a function of theta alone: the last linear map is always the best one for theta.
///
/// ```
/// phi(theta) = min over W, b of  loss(W y(theta) + b, C) + alpha / 2 (|W|^2 + |b|^2) + R(theta)
/// dphi/dtheta = dloss/dtheta at the best W and b
/// ```
///
/// The second equation holds since the derivative in W and b is zero there. The model of the second derivatives is
/// the Schur complement of the Gauss-Newton matrix of all parameters, which for least squares is Kaufman's:
///
/// ```
/// H = J^T (L'' - L'' A (A^T L'' A + alpha)^-1 A^T L'') J + R''
/// ```
///
/// Source: Golub and Pereyra (1973); Kaufman (1975); Newman, Ruthotto, Hart and van Bloemen Waanders (2021), Train
/// like a (Var)Pro; lecture, section 6.5.
public final class VariableProjection: GaussNewtonProblem {
  public let parameters: ParameterVector
  public var work = Work()
  /// The network; W and b of its head are overwritten by the best ones at every evaluation.
  public let network: ResidualNetwork
  /// The problem in W and b.
  public let readout: any ReadoutProblem
  /// What is added, functions of theta.
  public let regularizers: [any Regularizer]
  private let linear: Linear
  private let inputs, targets: Tensor
  private let randomness: [UInt8]
  private let pass: ForwardPass

  /// Creates the problem; throws `OptionError` for a network whose head does not end with a linear map.
  public init(
    _ network: ResidualNetwork, inputs: Tensor, targets: Tensor, readout: any ReadoutProblem,
    regularizers: [any Regularizer] = []
  ) throws {
    (self.network, self.inputs, self.targets) = (network, inputs, targets)
    (self.readout, self.regularizers) = (readout, regularizers)
    let linear = try network.linearReadout().linear
    self.linear = linear
    let last: Set<String> = [linear.weight.path, linear.bias.path]
    parameters = try ParameterVector(
      network.parameters.trainable.filter { !last.contains($0.path) })
    randomness = try network.randomness.state()
    var pass = ForwardPass.training
    pass.isReplay = true
    self.pass = pass
  }

  /// A = [Y 1], recorded.
  private func features() throws -> Tensor {
    try network.randomness.restore(randomness)
    let features = try network.features(inputs, pass)
    let ones = try Tensor.ones([features.shape[0], 1], features.dataType, on: features.device)
    return try Tensor.concatenated([features, ones], axis: 1)
  }

  /// The best V for features, also written to the network's head.
  private func solve(_ features: Tensor) throws -> Tensor {
    try withoutGradients {
      let width = features.shape[1] - 1
      let start = try Tensor.concatenated([
        linear.weight.value.transposed(), linear.bias.value.unsqueezed(0),
      ])
      let best = try readout.solve(features.detached(), targets, from: start)
      try linear.weight.assign(best.sliced(0..<width).transposed())
      try linear.bias.assign(best.selected(width))
      return best
    }
  }

  public func objective() throws -> Tensor {
    let features = try self.features()
    let best = try solve(features)
    let penalty = try best.square().sum() * (readout.alpha / 2)
    return try (readout.objective.loss(features.matrixProduct(best), targets) + penalty)
      .adding(regularizers)
  }

  public func curvature() throws -> (Tensor) throws -> Tensor {
    work.evaluations += 1
    work.gradients += 1
    let recorded = try withGradients { try self.features() }
    let best = try solve(recorded)
    let outputs = try withGradients { try recorded.matrixProduct(best) }
    let features = try recorded.detached()
    let jacobian = try Linearization(of: outputs, withRespectTo: parameters)
    let ofLoss = try SecondDerivative(at: outputs) { try readout.objective.loss($0, targets) }
    let inverse = try withoutGradients {
      try readout.inverseCurvature(features, targets, at: best)
    }
    let ofRegularizers = try regularizers.hessian(withRespectTo: parameters)
    return { [self] v in
      work.products += 1
      let curved = try ofLoss.product(jacobian.product(v))
      // What the best W and b take back.
      let answer = try withoutGradients {
        try features.matrixProduct(inverse(features.transposed().matrixProduct(curved)))
      }
      let product = try jacobian.transposedProduct(curved - ofLoss.product(answer))
      return try ofRegularizers.map { try product + $0(v) } ?? product
    }
  }
}
