import TimestepTorch

/// Cross-correlation `[N, C, H, W] -> [N, D, H', W']` with a weight `[D, C / groups, k, k]` and, by choice, a bias.
public final class Convolution2D: Layer {
  /// `[D, C / groups, k, k]`
  public let weight: Parameter
  /// `[D]`
  public let bias: Parameter?
  /// Stride, padding, dilation and groups.
  public var options: ConvolutionOptions { size.options }
  private let size: ConvolutionSize

  /// Creates the layer with fresh weights at `path.weight` (and `path.bias`).
  ///
  /// The padding is `(k - 1) / 2`, so that stride 1 keeps the image's size for odd k.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    kernel: Int, stride: Int = 1, groups: Int = 1, bias: Bool
  ) throws {
    size = try ConvolutionSize(
      path, from: inputs, to: outputs, kernel: kernel, axes: 2, stride: stride, groups: groups)
    weight = try store.parameter(path / "weight", shape: size.weightShape, fans: size.fans)
    self.bias =
      bias
      ? try store.parameter(
        path / "bias", shape: [outputs], fans: size.fans, initializer: PyTorchDefault()) : nil
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try self(input, pass, then: Epilogue())
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  {
    let value = try input.convolution2D(
      weight.value, bias: bias?.value, options, addedTo: epilogue.base, size: epilogue.size)
    return try pass.showing(epilogue.activation.overwriting(value), of: size.path)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try size.trace(
      shape, parameters: weight.value.count + (bias?.value.count ?? 0), &table)
  }
}
