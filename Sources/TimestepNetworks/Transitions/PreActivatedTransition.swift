import TimeStepping
import TimestepLayers
import TimestepTorch

/// The projection shortcut of pre-activation networks: `T u = K a(BN(u))` with a strided 1x1 convolution without
/// bias and a norm of its own.
///
/// `[N, C, H, W] -> [N, D, H / stride, W / stride]`; Lu et al. (2018), LM-ResNet, reference code.
public final class PreActivatedTransition: Layer {
  private let path: ParameterPath
  private let norm: (any Layer)?
  private let activation: Activation
  let convolution: Convolution2D

  /// Creates the map with weights at `norm` and `conv` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    stride: Int, style: FieldStyle
  ) throws {
    self.path = path
    norm = try style.normalization.makeLayer(path / "norm", in: store, channels: inputs)
    activation = style.activation
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 1, stride: stride, bias: false)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let active = try norm.map { try activation.overwriting($0(input, pass)) } ?? activation(input)
    return try convolution(active, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let normed = try norm?.trace(shape, &table) ?? shape
    table.add(
      path / "activation", activation.rawValue, outputShape: normed,
      keptElements: activation.keptElements(normed))
    return try convolution.trace(normed, &table)
  }

  /// The catalog's entry.
  public struct Definition: TransitionDefinition, ProjectedTransition {
    public let name = "pre-activated"
    public let title = "batch norm, activation and strided 1x1 convolution on the skip"
    public let equation = "u+ = K relu(BN(u)) + h f(u)"
    public let source = "Lu et al. 2018, LM-ResNet, reference code"
    public let arguments = ProjectionSettings.arguments(isOn: false)
    /// How and when the kernel is projected; not at all by default.
    public var settings = ProjectionSettings.off

    public func configured(_ choice: NamedChoice) throws -> any TransitionDefinition {
      var copy = self
      copy.settings = try ProjectionSettings(choice, isOn: false)
      return copy
    }

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      let map = try PreActivatedTransition(
        path, in: store, from: inputs, to: outputs, stride: stride, style: style)
      let constraint = try settings.makeConstraint(on: map.convolution, size: [1, 1], in: store)
      return Transition(map, .shortcut, constraints: constraint.map { [$0] } ?? [])
    }
  }
}
