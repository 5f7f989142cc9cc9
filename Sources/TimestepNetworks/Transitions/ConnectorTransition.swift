import TimestepLayers
import TimestepTorch

/// The connector of networks motivated by partial differential equations: it widens the state and then coarsens the
/// image, before the first step.
///
/// ```
/// v = P a(norm(K u)),  u+ = v + h f(v)
/// ```
///
/// K is a 1x1 convolution (with bias where the fields have one), a the fields' activation and P the mean over every
/// `stride x stride` window: `[N, C, H, W] -> [N, D, ceil(H / stride), ceil(W / stride)]`. Source: Ruthotto and
/// Haber (2020), section 4; Meganet.
public final class ConnectorTransition: Layer {
  private let path: ParameterPath
  private let convolution: Convolution2D
  private let norm: (any Layer)?
  private let activation: Activation
  private let stride: Int

  /// Creates the map with weights at `conv` and `norm` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    stride: Int, style: FieldStyle
  ) throws {
    guard stride > 0 else {
      throw ShapeError(path: path.description, problem: "stride \(stride) does not exist")
    }
    self.path = path
    self.stride = stride
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 1, bias: style.bias)
    norm = try style.normalization.makeLayer(path / "norm", in: store, channels: outputs)
    activation = style.activation
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let value = try convolution(input, pass)
    return try activation.overwriting(norm?(value, pass) ?? value).windowMeans(stride)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try convolution.trace(shape, &table)
    shape = try norm?.trace(shape, &table) ?? shape
    table.add(
      path / "activation", activation.rawValue, outputShape: shape,
      keptElements: activation.keptElements(shape))
    guard stride > 1 else { return shape }
    shape = [shape[0]] + shape[1...].map { ($0 + stride - 1) / stride }
    table.add(path / "pool", "average pool \(stride)x\(stride)", outputShape: shape)
    return shape
  }

  /// The catalog's entry.
  public struct Definition: TransitionDefinition {
    public let name = "connector"
    public let standsBeforeSteps = true
    public let title = "1x1 convolution, batch norm, activation, average pool before the first step"
    public let equation = "v = P relu(BN(K u)), u+ = v + h f(v)"
    public let source = "Ruthotto and Haber 2020, section 4; Meganet"

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      Transition(
        try ConnectorTransition(
          path, in: store, from: inputs, to: outputs, stride: stride, style: style), .before)
    }
  }
}
