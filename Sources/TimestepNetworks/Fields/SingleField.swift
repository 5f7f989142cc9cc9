import TimeStepping
import TimestepLayers
import TimestepTorch

/// One affine map and the activation: `f(u) = act(K u + b)`, `[N, d] -> [N, d]`.
///
/// With a norm, `act(norm(K u + b))`. Without one it offers `(I - c J)^{-1}` with `J = diag(act'(K u + b)) K`.
/// The outputs may differ in number from the inputs, as in an opening layer. Weights at `linear.weight`
/// `[d, d]`, `linear.bias` (as the style says) and `norm`. Lecture, sections 1.1 and 2.2.
public final class SingleField: ResidualField {
  private let kernel: LinearKernel
  private let activation: LabelledActivation
  private let norm: (any Layer)?

  /// Creates the field with fresh weights.
  public init(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws {
    guard shape.stride == 1 else {
      throw ShapeError(path: path.description, problem: "a dense field has no stride")
    }
    kernel = try LinearKernel(
      path, in: store, on: .points, from: shape.inputs, to: shape.outputs, bias: style.bias)
    norm = try style.norm(path / "norm", in: store, channels: shape.outputs)
    activation = LabelledActivation(path, style.activation)
  }

  /// Without norm, activation and bias.
  public var isLinear: Bool {
    norm == nil && activation.function == .identity && kernel.bias == nil
  }

  public var capabilities: Set<FieldCapability> {
    norm == nil && kernel.inputs == kernel.outputs ? [.linearizedSolve] : []
  }

  private func affine(_ u: Tensor) throws -> Tensor { try kernel.addingBias(kernel.map(u)) }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let value = try affine(input)
    return try activation.function.overwriting(norm?(value, pass) ?? value)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try kernel.trace(shape, &table)
    shape = try norm?.trace(shape, &table) ?? shape
    return activation.trace(shape, &table)
  }

  public func solvingLinearized(
    _ v: Tensor, factor c: Double, around u: Tensor, _ pass: ForwardPass
  ) throws -> Tensor {
    guard capabilities.contains(.linearizedSolve) else {
      throw MissingCapability(capability: .linearizedSolve)
    }
    let jacobian = try activation.function.slopes(at: affine(u), times: kernel.weight.value)
    return try v.solvingLinearized(jacobian: jacobian, factor: c)
  }

  /// The catalog's entry.
  public struct Definition: FieldDefinition {
    public let name = "single"
    public let layers = 1
    public let title = "one affine map"
    public let equation = "f(u) = act(K u + b)"
    public let source = "lecture, sections 1.1 and 2.2"
    public let hasHiddenWidth = false
    public let states: Set<StateKind> = [.points]
    public let capabilities: Set<FieldCapability> = [.linearizedSolve]

    /// Creates the catalog's entry.
    public init() {}

    public func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try SingleField(path, in: store, shape: shape, style: style)
    }
  }
}

/// An activation and the row it has in a table.
struct LabelledActivation {
  let function: Activation
  private let path: ParameterPath

  init(_ path: ParameterPath, _ function: Activation, number: String = "") {
    self.function = function
    self.path = path / (function.rawValue + number)
  }

  func trace(_ shape: [Int], _ table: inout LayerTable) -> [Int] {
    table.add(
      path, function.rawValue, outputShape: shape, keptElements: function.keptElements(shape))
    return shape
  }
}
