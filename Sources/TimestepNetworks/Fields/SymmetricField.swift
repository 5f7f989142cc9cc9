import TimeStepping
import TimestepLayers
import TimestepTorch

/// A map and its adjoint around the activation, `f(u) = s K^T act(norm(K u) + b)`, with s = -1 the parabolic field.
///
/// With s = -1 the Jacobian `-K^T diag(act') K` is symmetric and negative semi-definite (where there is no norm),
/// so the field smoothes as a heat equation does; with s = 1 it is one side of a two-layer Hamiltonian pair. On
/// points K is a matrix `[m, d]`, on sequences and images a convolution to m channels with three taps along each
/// axis and zeros around, and K^T its adjoint with the same weight. On points without a norm it offers `(I - c
/// J)^{-1}`.
///
/// With s = -1 it offers `L = K^T K`, which bounds the Jacobian without a norm for every activation here (0 <= act'
/// <= 1), as the operator that a scheme may take implicitly, on points and on images with `padding=periodic`
/// (lecture, section 2.8c); and, without norm, activation and bias, `(I - c J)^{-1} = (I + c K^T K)^{-1}` there too.
///
/// Weights at `linear` or `conv` (`bias` `[m]` as the style says), and `norm`. Lecture, section 6.3 (doubleSym);
/// Ruthotto and Haber (2018).
public final class SymmetricField: ResidualField {
  private let kernel: LinearKernel
  private let sign: Double
  private let activation: LabelledActivation
  private let norm: (any Layer)?

  /// Creates the field with fresh weights.
  ///
  /// - Parameters:
  ///   - hidden: m; the shape's hidden channels otherwise, or as many as the state has.
  ///   - sign: s.
  public init(
    _ path: ParameterPath, in store: ParameterStore, on kind: StateKind, sign: Double = -1,
    hidden: Int? = nil, padding: ConvolutionPadding = .zeros, shape: FieldShape, style: FieldStyle
  ) throws {
    try shape.checkUnchanged(path)
    self.sign = sign
    let hidden = hidden ?? shape.hidden ?? shape.inputs
    kernel = try LinearKernel(
      path, in: store, on: kind, from: shape.inputs, to: hidden, bias: style.bias,
      padding: padding)
    norm = try style.norm(path / "norm", in: store, channels: hidden)
    activation = LabelledActivation(path, style.activation)
  }

  /// Without norm, activation and bias.
  public var isLinear: Bool {
    norm == nil && activation.function == .identity && kernel.bias == nil
  }

  public var capabilities: Set<FieldCapability> {
    var all: Set<FieldCapability> = []
    let isSolvable = kernel.kind == .points || kernel.padding == .periodic
    if kernel.kind == .points ? norm == nil : isSolvable && isLinear && sign == -1 {
      all.insert(.linearizedSolve)
    }
    if sign == -1, isSolvable {
      all.insert(.stiffSolve)
    }
    return all
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var value = try kernel.map(input)
    if let norm { value = try norm(value, pass) }
    value = try activation.function.overwriting(kernel.addingBias(value))
    return try kernel.adjoint(value) * sign
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try kernel.trace(shape, &table)
    shape = try norm?.trace(shape, &table) ?? shape
    return try kernel.trace(activation.trace(shape, &table), isAdjoint: true, &table)
  }

  public func solvingLinearized(
    _ v: Tensor, factor c: Double, around u: Tensor, _ pass: ForwardPass
  ) throws -> Tensor {
    guard capabilities.contains(.linearizedSolve) else {
      throw MissingCapability(capability: .linearizedSolve)
    }
    if isLinear, sign == -1 { return try kernel.solvingNormalEquations(v, factor: c) }
    let weight = kernel.weight.value
    let slopes = try activation.function.slopes(
      at: kernel.addingBias(kernel.map(u)), times: weight)
    let jacobian = try weight.transposed().matrixProduct(slopes)
    return try v.solvingLinearized(jacobian: jacobian, factor: c * sign)
  }

  /// `K^T K u`, the negative of the field without activation, norm and bias.
  public func stiffOperator(_ u: Tensor) throws -> Tensor {
    try checkStiff()
    return try kernel.adjoint(kernel.map(u))
  }

  public func solvingStiff(_ v: Tensor, factor c: Double) throws -> Tensor {
    try checkStiff()
    return try kernel.solvingNormalEquations(v, factor: c)
  }

  private func checkStiff() throws {
    guard capabilities.contains(.stiffSolve) else {
      throw MissingCapability(capability: .stiffSolve)
    }
  }

  /// The catalog's entries `parabolic`, `parabolic-conv1d` and `parabolic-conv`.
  public struct Definition: FieldDefinition {
    public let name: String
    public let title: String
    public let equation = "f(u) = -K^T act(norm(K u) + b)"
    public let source = "lecture, section 6.3 (doubleSym); Ruthotto and Haber 2018"
    public let states: Set<StateKind>
    public let changesShape = false
    public let arguments: [ArgumentDescription]
    /// The outputs m of K; nil for the shape's.
    public var hidden: Int?
    /// What lies around images.
    public var padding = ConvolutionPadding.zeros
    private let kind: StateKind

    /// Creates the entry for one kind of states.
    public init(_ kind: StateKind) {
      self.kind = kind
      name = "parabolic" + kind.suffix
      title = "a \(kind.mapName) and its negative adjoint"
      states = [kind]
      arguments = [hiddenArgument] + ConvolutionPadding.arguments(on: kind)
    }

    public var capabilities: Set<FieldCapability> {
      if kind == .points { return [.linearizedSolve, .stiffSolve] }
      return padding == .periodic ? [.stiffSolve] : []
    }

    public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
      var copy = self
      copy.hidden = try choice.integer("hidden", in: 1...65_536) ?? hidden
      copy.padding = try choice.option("padding") ?? padding
      return copy
    }

    public func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try SymmetricField(
        path, in: store, on: kind, hidden: hidden, padding: padding, shape: shape, style: style)
    }
  }
}

/// `hidden=32`
let hiddenArgument = ArgumentDescription(
  "hidden", standard: "as the state", "channels between the map and its adjoint")
