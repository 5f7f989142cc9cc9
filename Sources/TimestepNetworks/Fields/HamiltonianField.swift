import TimeStepping
import TimestepLayers
import TimestepTorch

/// A pair of functions with one shared map: `f_0(Y) = -act(norm(K^T Y) + b)`, `f_1(Z) = act(norm(K Z) + b)`.
///
/// Without a norm, Z' = f_0(Y), Y' = f_1(Z) keeps `H(Y, Z) = sum F(K^T Y + b) + sum F(K Z + b)` with F' = act, for
/// `dH/dt = <K act(K^T Y + b), f_1> + <K^T act(K Z + b), f_0> = 0`. K is square, and each function is given one
/// half of the state: the shape's inputs are the channels of a half. On points K is a matrix `[d, d]`, on sequences
/// and images a convolution with three taps along each axis and zeros around.
///
/// Weights at `linear` or `conv` (`bias` as the style says), `norm1` (of f_0) and `norm2` (of f_1). Lecture,
/// section 6.4 (HamiltonianNN).
public final class HamiltonianField: ResidualField {
  private let kernel: LinearKernel
  private let activations: [LabelledActivation]
  private let norms: [(any Layer)?]

  /// Creates the field with fresh weights.
  public init(
    _ path: ParameterPath, in store: ParameterStore, on kind: StateKind, shape: FieldShape,
    style: FieldStyle
  ) throws {
    try shape.checkUnchanged(path)
    let channels = shape.inputs
    kernel = try LinearKernel(
      path, in: store, on: kind, from: channels, to: channels, bias: style.bias)
    norms = try (1...2).map { try style.norm(path / "norm\($0)", in: store, channels: channels) }
    activations = (1...2).map { LabelledActivation(path, style.activation, number: "\($0)") }
  }

  public var branches: Int { 2 }
  public var isSystem: Bool { true }

  /// The value of f_0.
  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try self(input, branch: 0, pass)
  }

  public func callAsFunction(_ u: Tensor, branch: Int, _ pass: ForwardPass) throws -> Tensor {
    var value = try branch == 0 ? kernel.adjoint(u) : kernel.map(u)
    if let norm = norms[branch] { value = try norm(value, pass) }
    value = try activations[branch].function.overwriting(kernel.addingBias(value))
    return try branch == 0 ? -value : value
  }

  /// The rows of f_0.
  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try trace(shape, branch: 0, &table)
  }

  public func trace(_ shape: [Int], branch: Int, _ table: inout LayerTable) throws -> [Int] {
    var shape = try kernel.trace(shape, isAdjoint: branch == 0, &table)
    shape = try norms[branch]?.trace(shape, &table) ?? shape
    return activations[branch].trace(shape, &table)
  }

  /// The catalog's entries `hamiltonian`, `hamiltonian-conv1d` and `hamiltonian-conv`.
  public struct Definition: FieldDefinition {
    public let name: String
    public let title: String
    public let equation = "f0(Y) = -act(K^T Y + b), f1(Z) = act(K Z + b)"
    public let source = "lecture, section 6.4 (HamiltonianNN); Haber and Ruthotto 2017"
    public let hasHiddenWidth = false
    public let states: Set<StateKind>
    public let changesShape = false
    public let branches = 2
    private let kind: StateKind

    /// Creates the entry for one kind of states.
    public init(_ kind: StateKind) {
      self.kind = kind
      name = "hamiltonian" + kind.suffix
      title = "a Hamiltonian pair that shares one \(kind.mapName)"
      states = [kind]
    }

    public func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try HamiltonianField(path, in: store, on: kind, shape: shape, style: style)
    }
  }
}
