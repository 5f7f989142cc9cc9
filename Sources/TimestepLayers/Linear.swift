import TimestepTorch

/// The affine map `[N, in] -> [N, out]`, `x W^T + b`.
public final class Linear: Layer {
  /// `[out, in]`
  public let weight: Parameter
  /// `[out]`
  public let bias: Parameter
  private let path: ParameterPath

  /// Creates the layer at `path.weight` and `path.bias`.
  public init(_ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int)
    throws
  {
    guard inputs.isLayerSize, outputs.isLayerSize else {
      throw ShapeError(
        path: path.description, problem: "a map from \(inputs) to \(outputs) does not exist")
    }
    self.path = path
    let fans = Fans(input: inputs, output: outputs)
    weight = try store.parameter(path / "weight", shape: [outputs, inputs], fans: fans)
    bias = try store.parameter(
      path / "bias", shape: [outputs], fans: fans, initializer: PyTorchDefault())
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try pass.showing(input.linear(weight.value, bias: bias.value), of: path)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let weights = weight.value.shape
    guard shape == [weights[1]] else {
      throw ShapeError(
        path: path.description, problem: "expects [\(weights[1])], the input is \(shape)")
    }
    table.add(
      path, "linear", outputShape: [weights[0]],
      parameters: weight.value.count + bias.value.count, multiplyAdds: weight.value.count,
      keptElements: weights[1])
    return [weights[0]]
  }
}
