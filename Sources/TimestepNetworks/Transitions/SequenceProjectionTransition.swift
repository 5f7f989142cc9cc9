import TimestepLayers
import TimestepTorch

/// The projection shortcut of networks for text: `T u = BN(K u)` with a 1-D convolution of one tap without bias.
///
/// `[N, C, L] -> [N, D, L / stride]`; Robust ResNet, reference code of VDCNN (spec 1.3).
public final class SequenceProjectionTransition: Layer {
  private let convolution: Convolution1D
  private let norm: (any Layer)?

  /// Creates the map with weights at `conv` and `norm` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    stride: Int, style: FieldStyle
  ) throws {
    convolution = try Convolution1D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 1, stride: stride, bias: false)
    norm = try style.normalization.makeLayer(path / "norm", in: store, channels: outputs)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let value = try convolution(input, pass)
    return try norm?(value, pass) ?? value
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let shape = try convolution.trace(shape, &table)
    return try norm?.trace(shape, &table) ?? shape
  }

  /// The catalog's entry.
  public struct Definition: TransitionDefinition {
    public let name = "projection-1d"
    public let title = "1-D convolution of one tap and batch norm on the skip, for sequences"
    public let equation = "u+ = BN(K u) + h f(u)"
    public let source = "Robust ResNet, reference code of VDCNN"
    public let states: Set<StateKind> = [.sequences]

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      Transition(
        try SequenceProjectionTransition(
          path, in: store, from: inputs, to: outputs, stride: stride, style: style),
        .shortcut)
    }
  }
}
