import TimeStepping
import TimestepLayers
import TimestepTorch

/// The projection shortcut: `T u = BN(K u)` with a strided 1x1 convolution without bias.
///
/// `[N, C, H, W] -> [N, D, H / stride, W / stride]`; He et al. (2016), option B, and the reference code of
/// Robust ResNet, where it stays without bias also when batch normalisation is removed.
public final class ProjectionTransition: Layer {
  private let convolution: Convolution2D
  private let norm: (any Layer)?

  /// Creates the map with weights at `conv` and, unless `hasNorm` is false, `norm` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    stride: Int, style: FieldStyle, hasNorm: Bool = true
  ) throws {
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 1, stride: stride, bias: false)
    let normalization = hasNorm ? style.normalization : .none
    norm = try normalization.makeLayer(path / "norm", in: store, channels: outputs)
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
    public let name = "projection"
    public let title = "strided 1x1 convolution and batch norm on the skip"
    public let equation = "u+ = BN(K u) + h f(u)"
    public let source = "He et al. 2016, option B; Robust ResNet, reference code"
    public let arguments = [
      ArgumentDescription(
        "norm", standard: "yes", "whether the convolution is normalised where the fields are")
    ]
    private var hasNorm = true

    /// Creates the entry, with the norm.
    public init() {}

    public func configured(_ choice: NamedChoice) throws -> any TransitionDefinition {
      var copy = self
      copy.hasNorm = try choice.flag("norm") ?? hasNorm
      return copy
    }

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      Transition(
        try ProjectionTransition(
          path, in: store, from: inputs, to: outputs, stride: stride, style: style,
          hasNorm: hasNorm),
        .shortcut)
    }
  }
}
