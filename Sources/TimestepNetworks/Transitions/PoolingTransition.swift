import TimestepLayers
import TimestepTorch

/// The shortcut without parameters that averages: the mean of every `stride x stride` window, and channels of zeros
/// after the given ones.
///
/// `[N, C, H, W] -> [N, D, ceil(H / stride), ceil(W / stride)]`, `D >= C`; shortcut type A of the Chainer code of
/// Zaeemzadeh et al. (2020), and the parameter-free connector of Ruthotto and Haber (2020).
public final class PoolingTransition: Layer {
  private let padding: ChannelPadding

  /// Creates the map; throws ``ShapeError`` where the channels would become fewer.
  public init(_ path: ParameterPath, from inputs: Int, to outputs: Int, stride: Int) throws {
    padding = try ChannelPadding(path, from: inputs, to: outputs, stride: stride)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try padding.appendingZeros(to: input.windowMeans(padding.stride))
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try padding.trace(shape, &table, "average pool and zero padding")
  }

  /// The catalog's entry.
  public struct Definition: TransitionDefinition {
    public let name = "pooling"
    public let title = "average pooling and channels of zeros on the skip, no parameters"
    public let equation = "u+ = [P u; 0] + h f(u)"
    public let source = "Zaeemzadeh et al. 2020, reference code, shortcut A"

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      Transition(try PoolingTransition(path, from: inputs, to: outputs, stride: stride), .shortcut)
    }
  }
}

extension Tensor {
  /// The mean of every `size x size` window of `[N, C, H, W]`; windows at the end that reach out of the image take
  /// the mean of the pixels that they have.
  func windowMeans(_ size: Int) throws -> Tensor {
    guard size > 1 else { return self }
    let missing = shape[2...].map { (size - $0 % size) % size }
    guard missing != [0, 0] else { return try averagePool2D(size, stride: size) }
    let amounts = [(before: 0, after: missing[1]), (before: 0, after: missing[0])]
    let present = try Tensor.ones([1, 1] + shape[2...], dataType, on: device)
    let shares = try present.padded(amounts).averagePool2D(size, stride: size)
    return try padded(amounts).averagePool2D(size, stride: size) / shares
  }
}
