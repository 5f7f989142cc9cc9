import TimeStepping
import TimestepLayers
import TimestepTorch

/// A 3x3 convolution on m channels between two 1x1 convolutions, pre-activation.
///
/// `f(u) = K3 act(BN3(K2 act(BN2(K1 act(BN1(u))))))`, `[N, C, H, W] -> [N, D, H / stride, W / stride]`, with
/// K1 1x1 to m channels, K2 3x3 with the stride, K3 1x1 to D. m is the shape's hidden channels, or D / 4
/// rounded down, at least 1. Weights at `norm1`, `conv1`, ..., `norm3`, `conv3`. LM-ResNet, section 2.1;
/// ProcResNet, section 3.1 (the stride as in its PyTorch code). With `erased=yes` the activation before K3 is
/// dropped and its norm kept (EraseReLU, Dong et al. 2017; ProcResNet, section 3.4).
public struct BottleneckDefinition: FieldDefinition {
  public let name = "bottleneck"
  public let title = "1x1, 3x3 and 1x1 convolutions, pre-activation"
  public let equation = "f(u) = K3 act(BN(K2 act(BN(K1 act(BN(u))))))"
  public let source = "He et al. 2016b; LM-ResNet, section 2.1; EraseReLU, Dong et al. 2017"
  public let layers = 3
  public let isPreActivated = true
  public let arguments = [erasedArgument]
  /// Whether the last activation is dropped.
  public var isErased = false

  /// Creates the catalog's entry.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
    var copy = self
    copy.isErased = try choice.flag("erased") ?? isErased
    return copy
  }

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    try SequentialField.preActivatedBottleneck(
      path, in: store, shape: shape, hidden: shape.bottleneck, style: style, isErased: isErased)
  }
}

/// The bottleneck with norm and activation after each convolution, the last one without activation.
///
/// `f(u) = BN3(K3 act(BN2(K2 act(BN1(K1 u)))))`, shapes and channels as in ``BottleneckDefinition``; the stride
/// is on the 3x3 convolution. Weights at `conv1`, `norm1`, ..., `conv3`, `norm3`. He et al. (2016), figure 5.
public struct PostActivationBottleneckDefinition: FieldDefinition {
  public let name = "bottleneck-post"
  public let title = "1x1, 3x3 and 1x1 convolutions, post-activation"
  public let equation = "f(u) = BN(K3 act(BN(K2 act(BN(K1 u)))))"
  public let source = "He et al. 2016, figure 5"
  public let layers = 3

  /// Creates the catalog's entry.
  public init() {}

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    let hidden = shape.bottleneck
    return try SequentialField([
      Convolution2D(
        path / "conv1", in: store, from: shape.inputs, to: hidden, kernel: 1, bias: style.bias),
      NormActivation(path, 1, in: store, channels: hidden, style: style),
      Convolution2D(
        path / "conv2", in: store, from: hidden, to: hidden, kernel: 3, stride: shape.stride,
        bias: style.bias),
      NormActivation(path, 2, in: store, channels: hidden, style: style),
      Convolution2D(
        path / "conv3", in: store, from: hidden, to: shape.outputs, kernel: 1, bias: style.bias),
      style.norm(path / "norm3", in: store, channels: shape.outputs),
    ])
  }
}

extension FieldShape {
  /// The channels m of a bottleneck.
  fileprivate var bottleneck: Int { hidden ?? max(1, outputs / 4) }
}

extension SequentialField {
  /// The chain norm, activation, 1x1; norm, activation, 3x3 in groups; norm, activation, 1x1.
  static func preActivatedBottleneck(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, hidden: Int,
    groups: Int = 1, style: FieldStyle, isErased: Bool = false
  ) throws -> SequentialField {
    try SequentialField([
      NormActivation(path, 1, in: store, channels: shape.inputs, style: style, ownsInput: false),
      Convolution2D(
        path / "conv1", in: store, from: shape.inputs, to: hidden, kernel: 1, bias: style.bias),
      NormActivation(path, 2, in: store, channels: hidden, style: style),
      Convolution2D(
        path / "conv2", in: store, from: hidden, to: hidden, kernel: 3, stride: shape.stride,
        groups: groups, bias: style.bias),
      NormActivation(path, 3, in: store, channels: hidden, style: style, isErased: isErased),
      Convolution2D(
        path / "conv3", in: store, from: hidden, to: shape.outputs, kernel: 1, bias: style.bias),
    ])
  }
}
