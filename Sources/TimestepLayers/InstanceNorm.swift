import TimestepTorch

/// Normalisation of every channel of every example by itself: `weight * (x - mean) / sqrt(variance + epsilon) + bias`.
///
/// `[N, C, L]` or `[N, C, H, W]`; mean and variance (divided by n) are those of the example's L or H x W numbers,
/// in training and in evaluation. A channel of one number has no variance, so points are refused.
/// Ulyanov et al. (2016); Meganet.m, `instNormLayer`.
public final class InstanceNorm: Layer {
  /// Scale, `[C]`.
  public let weight: Parameter
  /// Shift, `[C]`.
  public let bias: Parameter
  /// Added to the variance.
  public let epsilon: Double
  private let path: ParameterPath

  /// Creates the layer at `path.weight` and `path.bias`.
  public init(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, epsilon: Double = 1e-5
  ) throws {
    self.path = path
    self.epsilon = epsilon
    (weight, bias) = try store.affine(path, channels: channels, norm: "instance norm")
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try check(Array(input.shape.dropFirst()))
    return try pass.showing(
      input.groupNormalized(
        groups: weight.value.count, scale: weight.value, shift: bias.value, epsilon: epsilon),
      of: path)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try check(shape)
    let channels = weight.value.count
    table.add(
      path, "instance norm", outputShape: shape, parameters: 2 * channels,
      keptElements: shape.reduce(1, *))
    return shape
  }

  private func check(_ shape: [Int]) throws {
    try shape.checkChannels(weight.value.count, at: path)
    guard shape.dropFirst().reduce(1, *) > 1 else {
      throw ShapeError(
        path: path.description,
        problem: "instance norm needs more than one number per channel and example, "
          + "the input is \(shape)")
    }
  }
}

extension ParameterStore {
  /// Scale and shift of a norm, `[C]` each, 1 and 0 at first.
  func affine(_ path: ParameterPath, channels: Int, norm: String) throws -> (Parameter, Parameter) {
    guard channels.isLayerSize else {
      throw ShapeError(
        path: path.description, problem: "\(norm) of \(channels) channels does not exist")
    }
    return (
      try constant(path / "weight", shape: [channels], value: 1, isTrainable: true),
      try constant(path / "bias", shape: [channels], value: 0, isTrainable: true)
    )
  }
}

extension [Int] {
  /// Refuses the shape of an example that has not so many channels.
  func checkChannels(_ channels: Int, at path: ParameterPath) throws {
    guard first == channels else {
      throw ShapeError(
        path: path.description, problem: "expects \(channels) channels, the input is \(self)")
    }
  }
}
