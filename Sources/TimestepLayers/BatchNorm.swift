import TimestepTorch

/// Batch normalisation per channel: `weight * (x - mean) / sqrt(variance + epsilon) + bias`.
///
/// In training, mean and variance are the batch's and the running ones follow them with the given momentum; in
/// evaluation they are the running ones. Weight begins at 1 and bias at 0 (Ioffe and Szegedy 2015). Where a time step
/// applies the layer several times, as a Runge-Kutta scheme does, each application has running statistics of its own:
/// it sees other states.
public final class BatchNorm: Layer {
  /// Scale, `[C]`.
  public let weight: Parameter
  /// Shift, `[C]`.
  public let bias: Parameter
  /// `[C]` for each application, buffers.
  public let runningMeans: [Parameter]
  /// `[C]` for each application, buffers.
  public let runningVariances: [Parameter]
  /// How far the running statistics move towards the batch's at each step.
  public let momentum: Double
  /// Added to the variance.
  public let epsilon: Double
  private let path: ParameterPath

  /// Creates the layer at `path.weight`, `path.bias`, `path.running_mean` and `path.running_var`; later applications
  /// have `path.running_mean_1`, `path.running_var_1`, and so on.
  public init(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, momentum: Double = 0.1,
    epsilon: Double = 1e-5, applications: Int = 1
  ) throws {
    self.path = path
    self.momentum = momentum
    self.epsilon = epsilon
    (weight, bias) = try store.affine(path, channels: channels, norm: "batch norm")
    let shape = [channels]
    let endings = (0..<max(applications, 1)).map { $0 == 0 ? "" : "_\($0)" }
    runningMeans = try endings.map {
      try store.constant(path / "running_mean\($0)", shape: shape, value: 0, isTrainable: false)
    }
    runningVariances = try endings.map {
      try store.constant(path / "running_var\($0)", shape: shape, value: 1, isTrainable: false)
    }
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try self(input, pass, then: Epilogue())
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  {
    // The unbiased variance of one number is 0 / 0, which would stay in the running variance for good.
    if pass.isTraining, input.count <= weight.value.count {
      throw ShapeError(
        path: path.description,
        problem:
          "training needs more than one number per channel, the input is \(input.shape); choose a "
          + "batch size that leaves no batch of one example at the end")
    }
    let application = pass.application % runningMeans.count
    let isFused = [.identity, .relu].contains(epilogue.activation)
    let value = try input.batchNormalized(
      scale: weight.value, shift: bias.value, runningMean: runningMeans[application].value,
      runningVariance: runningVariances[application].value, training: pass.isTraining,
      momentum: pass.isReplay ? 0 : momentum, epsilon: epsilon, addedTo: epilogue.base,
      size: epilogue.size, relu: epilogue.activation == .relu,
      joinsGradients: epilogue.joinsGradients)
    return try pass.showing(
      isFused ? value : epilogue.activation.overwriting(value), of: path)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let channels = weight.value.count
    try shape.checkChannels(channels, at: path)
    table.add(
      path, "batch norm", outputShape: shape, parameters: 2 * channels,
      keptElements: shape.reduce(1, *))
    return shape
  }
}
