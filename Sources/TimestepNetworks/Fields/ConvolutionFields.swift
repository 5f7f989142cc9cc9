import TimestepLayers
import TimestepTorch

/// One 3x3 convolution: `f(u) = act(BN(K u))`, a column's layer of FractalNet, without a skip inside.
///
/// `[N, C, H, W] -> [N, D, H / stride, W / stride]`. Weights at `conv1` and `norm1`. Larsson et al. (2017).
public struct ConvolutionDefinition: FieldDefinition {
  public let name = "conv"
  public let layers = 1
  public let title = "one 3x3 convolution, post-activation"
  public let equation = "f(u) = act(BN(K u))"
  public let source = "FractalNet, Larsson et al. 2017; LM-ResNet, section 1.2"

  /// Creates the catalog's entry.
  public init() {}

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    try SequentialField([
      Convolution2D(
        path / "conv1", in: store, from: shape.inputs, to: shape.outputs, kernel: 3,
        stride: shape.stride, bias: style.bias),
      NormActivation(path, 1, in: store, channels: shape.outputs, style: style),
    ])
  }
}

/// Two convolutions of sequences with three taps each: `f(u) = BN2(K2 act(BN1(K1 u + b1)) + b2)`.
///
/// `[N, C, L] -> [N, D, L / stride]`. The biases are there whatever the style says, beside the norms, as in
/// VDCNN. Weights at `conv1`, `norm1`, `conv2`, `norm2`. Robust ResNet, section 1.3.
public struct SequenceConvolutionDefinition: FieldDefinition {
  public let name = "conv1d"
  public let title = "two convolutions of sequences, post-activation"
  public let equation = "f(u) = BN(K2 act(BN(K1 u + b1)) + b2)"
  public let source = "VDCNN, Conneau et al. 2017; Robust ResNet, section 1.3"
  public let states: Set<StateKind> = [.sequences]

  /// Creates the catalog's entry.
  public init() {}

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    let hidden = shape.hidden ?? shape.outputs
    return try SequentialField([
      Convolution1D(
        path / "conv1", in: store, from: shape.inputs, to: hidden, kernel: 3,
        stride: shape.stride, bias: true),
      NormActivation(path, 1, in: store, channels: hidden, style: style),
      Convolution1D(
        path / "conv2", in: store, from: hidden, to: shape.outputs, kernel: 3, bias: true),
      style.norm(path / "norm2", in: store, channels: shape.outputs),
    ])
  }
}
