import TimestepLayers
import TimestepTorch

/// Two 3x3 convolutions: `f(u) = BN2(K2 relu(BN1(K1 u)))`, the branch of the post-activation basic block.
///
/// `[N, C, H, W] -> [N, D, H / stride, W / stride]`; without batch normalisation
/// `f(u) = K2 relu(K1 u + b1) + b2`. He et al. (2016) and the reference code of Robust ResNet.
public final class BasicField: ResidualField {
  private let path: ParameterPath
  private let activation: Activation
  private let convolution1: Convolution2D
  private let norm1: (any Layer)?
  private let convolution2: Convolution2D
  private let norm2: (any Layer)?

  /// Creates the field with weights at `conv1`, `norm1`, `conv2`, `norm2` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws {
    self.path = path
    activation = style.activation
    let hidden = shape.hidden ?? shape.outputs
    convolution1 = try Convolution2D(
      path / "conv1", in: store, from: shape.inputs, to: hidden, kernel: 3, stride: shape.stride,
      bias: style.bias)
    norm1 = try style.norm(path / "norm1", in: store, channels: hidden)
    convolution2 = try Convolution2D(
      path / "conv2", in: store, from: hidden, to: shape.outputs, kernel: 3, bias: style.bias)
    norm2 = try style.norm(path / "norm2", in: store, channels: shape.outputs)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try self(input, pass, then: Epilogue())
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  {
    let hidden = try norm1.apply(
      to: convolution1(input, pass), pass, then: Epilogue(activation: activation))
    return try norm2.apply(to: convolution2(hidden, pass), pass, then: epilogue)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try convolution1.trace(shape, &table)
    shape = try norm1?.trace(shape, &table) ?? shape
    table.add(
      path / activation.rawValue, activation.rawValue, outputShape: shape,
      keptElements: activation.keptElements(shape))
    shape = try convolution2.trace(shape, &table)
    return try norm2?.trace(shape, &table) ?? shape
  }

  /// The catalog's entry.
  public struct Definition: FieldDefinition {
    public let name = "basic"
    public let title = "two 3x3 convolutions, post-activation"
    public let equation = "f(u) = BN(K2 relu(BN(K1 u)))"
    public let source = "He et al. 2016; Robust ResNet, reference code"

    /// Creates the catalog's entry.
    public init() {}

    public func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try BasicField(path, in: store, shape: shape, style: style)
    }
  }
}
