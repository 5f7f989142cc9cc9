import TimeStepping
import TimestepLayers
import TimestepTorch

/// Two affine maps: `f(u) = W2 relu(W1 u + b1) + b2`, for states without an image, `[N, d] -> [N, d]`.
///
/// With normalisation, after each affine map; without, it offers `(I - c J)^{-1}` with
/// `J = W2 diag(act'(W1 u + b1)) W1`. Robust ResNet, two-moon network.
public final class DenseField: ResidualField {
  private let path: ParameterPath
  private let activation: Activation
  private let linear1: Linear
  private let norm1: (any Layer)?
  private let linear2: Linear
  private let norm2: (any Layer)?

  /// Creates the field with weights at `linear1`, `norm1`, `linear2`, `norm2` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws {
    guard shape.stride == 1 else {
      throw ShapeError(path: path.description, problem: "a dense field has no stride")
    }
    self.path = path
    activation = style.activation
    let hidden = shape.hidden ?? shape.outputs
    linear1 = try Linear(path / "linear1", in: store, from: shape.inputs, to: hidden)
    norm1 = try style.norm(path / "norm1", in: store, channels: hidden)
    linear2 = try Linear(path / "linear2", in: store, from: hidden, to: shape.outputs)
    norm2 = try style.norm(path / "norm2", in: store, channels: shape.outputs)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try self(input, pass, then: Epilogue())
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  {
    let hidden = try norm1.apply(
      to: linear1(input, pass), pass, then: Epilogue(activation: activation))
    return try norm2.apply(to: linear2(hidden, pass), pass, then: epilogue)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try linear1.trace(shape, &table)
    shape = try norm1?.trace(shape, &table) ?? shape
    table.add(
      path / activation.rawValue, activation.rawValue, outputShape: shape,
      keptElements: activation.keptElements(shape))
    shape = try linear2.trace(shape, &table)
    return try norm2?.trace(shape, &table) ?? shape
  }

  public var capabilities: Set<FieldCapability> {
    norm1 == nil && linear1.weight.value.shape[1] == linear2.weight.value.shape[0]
      ? [.linearizedSolve] : []
  }

  public func solvingLinearized(
    _ v: Tensor, factor c: Double, around u: Tensor, _ pass: ForwardPass
  ) throws -> Tensor {
    guard capabilities.contains(.linearizedSolve) else {
      throw MissingCapability(capability: .linearizedSolve)
    }
    let slopes = try activation.slopes(at: linear1(u, pass), times: linear1.weight.value)
    return try v.solvingLinearized(
      jacobian: linear2.weight.value.matrixProduct(slopes), factor: c)
  }

  /// The catalog's entry.
  public struct Definition: FieldDefinition {
    public let name = "dense"
    public let title = "two affine maps"
    public let equation = "f(u) = W2 relu(W1 u + b1) + b2"
    public let source = "Robust ResNet, two-moon experiment"
    public let states: Set<StateKind> = [.points]
    public let capabilities: Set<FieldCapability> = [.linearizedSolve]

    /// Creates the catalog's entry.
    public init() {}

    public func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try DenseField(path, in: store, shape: shape, style: style)
    }
  }
}
