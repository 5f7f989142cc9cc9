import TimestepData
import TimestepLayers
import TimestepTorch

/// A model's loss on one batch, usually the whole training set, as a function of its parameters.
///
/// ```
/// phi(theta) = loss(z(theta), C) + sum of the regularisers,   z = model(Y)
/// ```
///
/// Noise is the same in every evaluation. Running statistics of batch norm do not move.
public final class TrainingProblem: GaussNewtonProblem {
  public let parameters: ParameterVector
  public var work = Work()
  /// The function whose parameters are trained.
  public let model: any Layer
  /// The inputs Y, `[N, ...]`.
  public let inputs: Tensor
  /// The targets C.
  public let targets: Tensor
  /// The loss, a mean over examples.
  public let loss: any Objective
  /// What is added to it.
  public let regularizers: [any Regularizer]
  private let pass: ForwardPass
  private let randomness: [UInt8]?

  /// Creates the problem; by default all trained parameters of the store are its variables.
  public init(
    _ model: any Layer, _ parameters: ParameterVector, inputs: Tensor, targets: Tensor,
    loss: any Objective, regularizers: [any Regularizer] = []
  ) throws {
    (self.model, self.parameters, self.inputs, self.targets) = (model, parameters, inputs, targets)
    (self.loss, self.regularizers) = (loss, regularizers)
    randomness = try (model as? any RandomLayer)?.randomness.state()
    var pass = ForwardPass.training
    pass.isReplay = true
    self.pass = pass
  }

  /// Creates the problem of a whole data set, in the loader's first order, with the task's own loss.
  public convenience init(
    _ model: any Layer, _ store: ParameterStore, on loader: BatchLoader,
    regularizers: [any Regularizer] = []
  ) throws {
    let batch = try loader.wholeSet(store.dataType, on: store.device)
    try self.init(
      model, ParameterVector(store.trainable), inputs: batch.inputs, targets: batch.targets,
      loss: loader.dataset.task.objective, regularizers: regularizers)
  }

  private func outputs() throws -> Tensor {
    if let randomness { try (model as? any RandomLayer)?.randomness.restore(randomness) }
    return try model(inputs, pass)
  }

  public func objective() throws -> Tensor {
    try loss.loss(outputs(), targets).adding(regularizers)
  }

  public func curvature() throws -> (Tensor) throws -> Tensor {
    work.evaluations += 1
    work.gradients += 1
    let outputs = try withGradients { try self.outputs() }
    let jacobian = try Linearization(of: outputs, withRespectTo: parameters)
    let ofLoss = try SecondDerivative(at: outputs) { try loss.loss($0, targets) }
    let ofRegularizers = try regularizers.hessian(withRespectTo: parameters)
    return { [self] v in
      work.products += 1
      let product = try jacobian.transposedProduct(ofLoss.product(jacobian.product(v)))
      return try ofRegularizers.map { try product + $0(v) } ?? product
    }
  }
}

extension BatchLoader {
  /// All examples in one batch, in the order of the first epoch.
  public func wholeSet(_ type: DataType = .float32, on device: Device = .cpu) throws -> (
    inputs: Tensor, targets: Tensor
  ) {
    let batches = batches(epoch: 0)
    defer { batches.cancel() }
    var parts: [TensorBatch] = []
    while let host = try batches.next() { parts.append(try host.tensors(type, on: device)) }
    return (
      try Tensor.concatenated(parts.map(\.inputs)), try Tensor.concatenated(parts.map(\.targets))
    )
  }
}
