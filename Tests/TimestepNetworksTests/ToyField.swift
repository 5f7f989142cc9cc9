import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// One convolution after the activation: `f(u) = BN(K tanh(u))`.
final class ToyField: ResidualField {
  private let path: ParameterPath
  private let convolution: Convolution2D
  private let norm: (any Layer)?

  init(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws {
    self.path = path
    convolution = try Convolution2D(
      path / "conv", in: store, from: shape.inputs, to: shape.outputs, kernel: 3,
      stride: shape.stride, bias: style.bias)
    norm = try style.norm(path / "norm", in: store, channels: shape.outputs)
  }

  func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let value = try convolution(input.tanh(), pass)
    return try norm?(value, pass) ?? value
  }

  func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    table.add(
      path / "tanh", "tanh", outputShape: shape, keptElements: Activation.tanh.keptElements(shape))
    let shape = try convolution.trace(shape, &table)
    return try norm?.trace(shape, &table) ?? shape
  }

  struct Definition: FieldDefinition {
    let name = "toy"
    let title = "one convolution after the activation"
    let equation = "f(u) = BN(K tanh(u))"
    let source = "this test"

    func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try ToyField(path, in: store, shape: shape, style: style)
    }
  }
}
