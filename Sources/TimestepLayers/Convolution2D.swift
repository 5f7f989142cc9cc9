import TimestepTorch

/// Cross-correlation `[N, C, H, W] -> [N, D, H', W']` with a weight `[D, C / groups, k, k]` and, by choice, a bias.
public final class Convolution2D: Layer {
  /// `[D, C / groups, k, k]`
  public let weight: Parameter
  /// `[D]`
  public let bias: Parameter?
  /// Stride, padding, dilation and groups.
  public let options: ConvolutionOptions
  private let path: ParameterPath
  private let kernel: Int

  /// Creates the layer with fresh weights at `path.weight` (and `path.bias`).
  ///
  /// The padding is `(k - 1) / 2`, so that stride 1 keeps the image's size for odd k.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    kernel: Int, stride: Int = 1, groups: Int = 1, bias: Bool
  ) throws {
    guard [inputs, outputs, kernel, stride, groups].allSatisfy(\.isLayerSize),
      inputs % groups == 0, outputs % groups == 0
    else {
      throw ShapeError(
        path: path.description,
        problem: "a \(kernel)x\(kernel) convolution from \(inputs) to \(outputs) channels in "
          + "\(groups) groups with stride \(stride) does not exist")
    }
    self.path = path
    self.kernel = kernel
    options = ConvolutionOptions(stride: stride, padding: (kernel - 1) / 2, groups: groups)
    let taps = kernel * kernel
    let fans = Fans(input: inputs / groups * taps, output: outputs / groups * taps)
    weight = try store.parameter(
      path / "weight", shape: [outputs, inputs / groups, kernel, kernel], fans: fans)
    self.bias =
      bias
      ? try store.parameter(
        path / "bias", shape: [outputs], fans: fans, initializer: PyTorchDefault()) : nil
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try input.convolution2D(weight.value, bias: bias?.value, options)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let weights = weight.value.shape
    guard shape.count == 3, shape[0] == weights[1] * options.groups else {
      throw ShapeError(
        path: path.description,
        problem: "expects [\(weights[1] * options.groups), H, W], the input is \(shape)")
    }
    guard shape[1...].allSatisfy({ $0 <= 65_536 }) else {
      throw ShapeError(path: path.description, problem: "the image \(shape) is too large")
    }
    guard shape[1...].allSatisfy({ $0 > 0 && $0 + 2 * options.padding >= kernel }) else {
      throw ShapeError(path: path.description, problem: "the image \(shape) is too small")
    }
    let size = shape[1...].map { ($0 + 2 * options.padding - kernel) / options.stride + 1 }
    let output = [weights[0]] + size
    let stride = options.stride == 1 ? "" : ", stride \(options.stride)"
    let groups = options.groups == 1 ? "" : ", \(options.groups) groups"
    table.add(
      path, "conv \(kernel)x\(kernel)\(stride)\(groups)", outputShape: output,
      parameters: weight.value.count + (bias?.value.count ?? 0),
      multiplyAdds: weight.value.count * size[0] * size[1])
    return output
  }
}
