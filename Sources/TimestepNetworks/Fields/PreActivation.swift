import TimeStepping
import TimestepLayers
import TimestepTorch

/// Two 3x3 convolutions, each after a norm and an activation: `f(u) = K2 act(BN2(K1 act(BN1(u))))`.
///
/// `[N, C, H, W] -> [N, D, H / stride, W / stride]`. Weights at `norm1`, `conv1`, `norm2`, `conv2`; the
/// convolutions have no bias unless the style says so. He et al. (2016b); LM-ResNet, section 2.1. With
/// `erased=yes` the activation before the last convolution is dropped and its norm kept (EraseReLU, Dong et al.
/// 2017).
public struct PreActivationDefinition: FieldDefinition {
  public let name = "pre-activation"
  public let title = "two 3x3 convolutions, pre-activation"
  public let equation = "f(u) = K2 act(BN(K1 act(BN(u))))"
  public let source = "He et al. 2016b; LM-ResNet, section 2.1; EraseReLU, Dong et al. 2017"
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
    let hidden = shape.hidden ?? shape.outputs
    return try SequentialField([
      NormActivation(path, 1, in: store, channels: shape.inputs, style: style, ownsInput: false),
      Convolution2D(
        path / "conv1", in: store, from: shape.inputs, to: hidden, kernel: 3,
        stride: shape.stride, bias: style.bias),
      NormActivation(path, 2, in: store, channels: hidden, style: style, isErased: isErased),
      Convolution2D(
        path / "conv2", in: store, from: hidden, to: shape.outputs, kernel: 3, bias: style.bias),
    ])
  }
}

/// `erased=yes`
let erasedArgument = ArgumentDescription(
  "erased", standard: "no", "yes drops the activation before the last convolution (EraseReLU)")
