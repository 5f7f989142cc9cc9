import TimestepTorch

/// The direction of each pixel's vector of channels: `weight * x / sqrt(sum_c x_c^2 + epsilon) + bias`.
///
/// `[N, C]`, `[N, C, L]` or `[N, C, H, W]`. The sum is over the channels of one pixel of one example, so no
/// statistics are kept; for a derivative in place of x this is the diffusion of total variation, whence the name.
/// Meganet.m, `tvNormLayer`; Ruthotto and Haber (2018), section 5.
public final class TotalVariationNorm: Layer {
  /// Scale, `[C]`.
  public let weight: Parameter
  /// Shift, `[C]`.
  public let bias: Parameter
  /// Added to the sum of squares.
  public let epsilon: Double
  private let path: ParameterPath

  /// Creates the layer at `path.weight` and `path.bias`.
  public init(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, epsilon: Double = 1e-4
  ) throws {
    self.path = path
    self.epsilon = epsilon
    (weight, bias) = try store.affine(path, channels: channels, norm: "tv norm")
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let shape = input.shape
    try Array(shape.dropFirst()).checkChannels(weight.value.count, at: path)
    let length = try (input.square().sum([1], keepAxes: true) + epsilon).squareRoot()
    let affine = [shape[1]] + [Int](repeating: 1, count: shape.count - 2)
    let value = try input / length * weight.value.reshaped(affine) + bias.value.reshaped(affine)
    return try pass.showing(value.cast(to: input.dataType), of: path)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let channels = weight.value.count
    try shape.checkChannels(channels, at: path)
    // The input twice (for the squares and for the quotient), the quotient, and the length of each pixel twice.
    table.add(
      path, "tv norm", outputShape: shape, parameters: 2 * channels,
      keptElements: 3 * shape.reduce(1, *) + 2 * shape.dropFirst().reduce(1, *))
    return shape
  }
}
