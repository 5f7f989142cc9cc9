import TimestepLayers
import TimestepTorch

/// The shortcut without parameters: every stride-th pixel, and channels of zeros after the given ones.
///
/// `[N, C, H, W] -> [N, D, ceil(H / stride), ceil(W / stride)]`, `D >= C`; He et al. (2016), option A.
public final class ZeroPaddingTransition: Layer {
  private let padding: ChannelPadding

  /// Creates the map; throws ``ShapeError`` where the channels would become fewer.
  public init(_ path: ParameterPath, from inputs: Int, to outputs: Int, stride: Int) throws {
    padding = try ChannelPadding(path, from: inputs, to: outputs, stride: stride)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let (shape, stride) = (input.shape, padding.stride)
    let pixels =
      try stride == 1
      ? input
      : input.sliced(0..<shape[2], axis: 2, step: stride)
        .sliced(0..<shape[3], axis: 3, step: stride)
    return try padding.appendingZeros(to: pixels)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try padding.trace(shape, &table, "zero padding")
  }

  /// The catalog's entry.
  public struct Definition: TransitionDefinition {
    public let name = "zero-padding"
    public let title = "every stride-th pixel and channels of zeros on the skip, no parameters"
    public let equation = "u+ = [S u; 0] + h f(u)"
    public let source = "He et al. 2016, option A"

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      Transition(
        try ZeroPaddingTransition(path, from: inputs, to: outputs, stride: stride), .shortcut)
    }
  }
}
