import TimeStepping
import TimestepLayers
import TimestepTorch

/// An affine map whose eigenvalues are imaginary but for a small damping: `f(u) = act((K - K^T - gamma I) u + b)`.
///
/// On points K is a matrix `[d, d]`, on sequences and images a convolution with three taps along each axis and
/// zeros around (images: `padding=periodic`: the opposite side), and K^T its adjoint: inputs and outputs exchanged,
/// taps in the opposite order. Then `A = K - K^T - gamma I` satisfies `A + A^T = -2 gamma I`. The whole K is
/// stored, of which only the antisymmetric part acts; on points `strict=yes` stores the `d (d - 1) / 2` numbers of
/// K below its diagonal instead. With a norm, `act(norm(A u + b))`. On points without a norm it offers `(I - c
/// J)^{-1}` with `J = diag(act'(A u + b)) A`.
///
/// Weights at `linear` or `conv` (`bias` as the style says), and `norm`. Lecture, sections 2.4, 2.5 and 6.2;
/// Haber and Ruthotto (2017); Chang et al. (2019).
public final class AntisymmetricField: ResidualField {
  private let kernel: LinearKernel
  private let places: Tensor?
  private let gamma: Double
  private let activation: LabelledActivation
  private let norm: (any Layer)?

  /// Creates the field with fresh weights.
  public init(
    _ path: ParameterPath, in store: ParameterStore, on kind: StateKind, gamma: Double,
    isStrict: Bool = false, padding: ConvolutionPadding = .zeros, shape: FieldShape,
    style: FieldStyle
  ) throws {
    try shape.checkUnchanged(path)
    let d = shape.inputs
    guard !isStrict || (kind == .points && (2...46_340).contains(d)) else {
      throw ShapeError(
        path: path.description,
        problem: "no numbers lie strictly below the diagonal of a map from \(d) \(kind.rawValue)")
    }
    self.gamma = gamma
    kernel = try LinearKernel(
      path, in: store, on: kind, from: d, to: d, bias: style.bias,
      weightShape: isStrict ? [d * (d - 1) / 2] : nil, padding: padding)
    places = try isStrict ? Self.places(d).moved(to: store.device) : nil
    norm = try style.norm(path / "norm", in: store, channels: d)
    activation = LabelledActivation(path, style.activation)
  }

  /// Without norm, activation and bias.
  public var isLinear: Bool {
    norm == nil && activation.function == .identity && kernel.bias == nil
  }

  public var capabilities: Set<FieldCapability> {
    norm == nil && kernel.kind == .points ? [.linearizedSolve] : []
  }

  /// Where each element of the matrix stands in `[0, w, -w]`, w the numbers below the diagonal row by row.
  private static func places(_ d: Int) throws -> Tensor {
    let count = d * (d - 1) / 2
    let places = (0..<d).flatMap { row in
      (0..<d).map { column -> Int64 in
        let (low, high) = (min(row, column), max(row, column))
        let place = high * (high - 1) / 2 + low
        return row == column ? 0 : Int64(1 + place + (row > column ? 0 : count))
      }
    }
    return try Tensor(places)
  }

  /// The weight of `K - K^T`.
  private func antisymmetricWeight() throws -> Tensor {
    let weight = kernel.weight.value
    guard let places else { return try weight - kernel.adjointWeight() }
    let zero = try Tensor.zeros([1], weight.dataType, on: weight.device)
    return try Tensor.concatenated([zero, weight, -weight]).gathered(places)
      .reshaped([kernel.inputs, kernel.inputs])
  }

  private func affine(_ u: Tensor, _ weight: Tensor) throws -> Tensor {
    try kernel.addingBias(kernel.map(u, weight: weight).adding(u, scaledBy: -gamma))
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let value = try affine(input, antisymmetricWeight())
    return try activation.function.overwriting(norm?(value, pass) ?? value)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try kernel.trace(shape, note: ", antisymmetric", &table)
    shape = try norm?.trace(shape, &table) ?? shape
    return activation.trace(shape, &table)
  }

  public func solvingLinearized(
    _ v: Tensor, factor c: Double, around u: Tensor, _ pass: ForwardPass
  ) throws -> Tensor {
    guard capabilities.contains(.linearizedSolve) else {
      throw MissingCapability(capability: .linearizedSolve)
    }
    let weight = try antisymmetricWeight()
    // diag(s) A = diag(s) (K - K^T) - gamma diag(s)
    let matrix = try weight.adding(
      .unit(kernel.inputs, u.dataType, on: u.device), scaledBy: -gamma)
    let jacobian = try activation.function.slopes(at: affine(u, weight), times: matrix)
    return try v.solvingLinearized(jacobian: jacobian, factor: c)
  }

  /// The catalog's entries.
  public struct Definition: FieldDefinition {
    public let name: String
    public let layers = 1
    public let title: String
    public let equation = "f(u) = act((K - K^T - gamma I) u + b)"
    public let source = "lecture, sections 2.4 and 2.5; Haber and Ruthotto 2017; Chang et al. 2019"
    public let hasHiddenWidth = false
    public let states: Set<StateKind>
    public let changesShape = false
    public let capabilities: Set<FieldCapability>
    public let arguments: [ArgumentDescription]
    /// The damping.
    public var gamma = 1e-4
    /// Whether only the numbers below the diagonal are stored.
    public var isStrict = false
    /// What lies around images.
    public var padding = ConvolutionPadding.zeros
    private let kind: StateKind

    /// Creates the entry for one kind of states.
    public init(_ kind: StateKind) {
      let isDense = kind == .points
      self.kind = kind
      name = "antisymmetric" + kind.suffix
      title = "one antisymmetric \(kind.mapName)"
      states = [kind]
      capabilities = isDense ? [.linearizedSolve] : []
      let gamma = ArgumentDescription("gamma", standard: "0.0001", "damping, 0 or more")
      let strict = ArgumentDescription(
        "strict", standard: "no", "yes stores only the numbers below the diagonal")
      arguments = [gamma] + (isDense ? [strict] : []) + ConvolutionPadding.arguments(on: kind)
    }

    public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
      var copy = self
      copy.gamma = try choice.number("gamma", in: 0...Double.greatestFiniteMagnitude) ?? gamma
      copy.isStrict = try choice.flag("strict") ?? isStrict
      copy.padding = try choice.option("padding") ?? padding
      return copy
    }

    public func make(
      _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
    ) throws -> any ResidualField {
      try AntisymmetricField(
        path, in: store, on: kind, gamma: gamma, isStrict: isStrict, padding: padding,
        shape: shape, style: style)
    }
  }
}
