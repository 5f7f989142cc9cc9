import TimeStepping
import TimestepLayers
import TimestepTorch

/// The linear map K of a field that also needs its adjoint K^T: a matrix on points, a convolution with three taps
/// along each axis (stride 1, with zeros or, on images by choice, the opposite side around) on sequences and
/// images.
struct LinearKernel {
  let kind: StateKind
  let inputs: Int
  let outputs: Int
  /// `[m, d]`, `[m, d, 3]` or `[m, d, 3, 3]`, unless another shape was asked for.
  let weight: Parameter
  /// `[m]`, for the field to add where its equation has it.
  let bias: Parameter?
  let path: ParameterPath
  let padding: ConvolutionPadding

  /// Creates the map with fresh weights at `linear` or `conv` below the path.
  init(
    _ path: ParameterPath, in store: ParameterStore, on kind: StateKind,
    from inputs: Int, to outputs: Int, bias: Bool, weightShape: [Int]? = nil,
    padding: ConvolutionPadding = .zeros
  ) throws {
    guard [inputs, outputs].allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw ShapeError(
        path: path.description, problem: "a map from \(inputs) to \(outputs) does not exist")
    }
    guard padding == .zeros || kind == .images else {
      throw ShapeError(path: path.description, problem: "only images can be periodic")
    }
    self.kind = kind
    self.padding = padding
    self.inputs = inputs
    self.outputs = outputs
    self.path = path / (kind == .points ? "linear" : "conv")
    let axes = Self.axes(kind)
    let taps = axes.isEmpty ? 1 : (axes.count == 1 ? 3 : 9)
    let fans = Fans(input: inputs * taps, output: outputs * taps)
    weight = try store.parameter(
      self.path / "weight", shape: weightShape ?? [outputs, inputs] + axes.map { _ in 3 },
      fans: fans)
    self.bias =
      bias
      ? try store.parameter(
        self.path / "bias", shape: [outputs], fans: fans, initializer: PyTorchDefault()) : nil
  }

  /// The axes of a weight that are taps.
  private static func axes(_ kind: StateKind) -> [Int] {
    switch kind {
    case .points: []
    case .sequences: [2]
    case .images: [2, 3]
    }
  }

  private static let same = ConvolutionOptions(padding: 1)

  /// `K u`, with the parameter's weight or another of its shape, without the bias.
  func map(_ u: Tensor, weight other: Tensor? = nil) throws -> Tensor {
    let weight = other ?? weight.value
    return switch kind {
    case .points: try u.linear(weight)
    case .sequences: try u.convolution1D(weight, Self.same)
    case .images:
      try padding == .zeros
        ? u.convolution2D(weight, Self.same) : u.periodicConvolution2D(weight)
    }
  }

  /// `K^T v`, so that `<v, K u> = <K^T v, u>`.
  func adjoint(_ v: Tensor) throws -> Tensor {
    if padding == .periodic { return try map(v, weight: adjointWeight()) }
    return switch kind {
    case .points: try v.linear(weight.value.transposed())
    case .sequences: try v.convolutionTranspose1D(weight.value, Self.same)
    case .images: try v.convolutionTranspose2D(weight.value, Self.same)
    }
  }

  /// The weight of `K^T`: inputs and outputs exchanged, taps in the opposite order.
  func adjointWeight() throws -> Tensor {
    let axes = Self.axes(kind)
    let exchanged = try weight.value.permuted([1, 0] + axes)
    return try axes.isEmpty ? exchanged : exchanged.flipped(axes)
  }

  /// `(I + c K^T K)^{-1} v`, on points and on periodic images.
  func solvingNormalEquations(_ v: Tensor, factor c: Double) throws -> Tensor {
    switch (kind, padding) {
    case (.points, _):
      // The same matrix for all examples.
      let matrix = try weight.value.transposed().matrixProduct(weight.value)
      return try v.solvingLinearized(jacobian: matrix, factor: -c)
    case (.images, .periodic): return try weight.value.solvingNormalEquations(v, factor: c)
    default: throw MissingCapability(capability: .stiffSolve)
    }
  }

  /// The value with the bias added to each channel.
  func addingBias(_ value: Tensor) throws -> Tensor {
    guard let bias else { return value }
    let shaped = try bias.value.reshaped([outputs] + Self.axes(kind).map { _ in 1 })
    return try value + shaped.cast(to: value.dataType)
  }

  /// The map's row, and the shape of its value; or of its adjoint's.
  func trace(
    _ shape: [Int], isAdjoint: Bool = false, note: String = "", _ table: inout LayerTable
  ) throws -> [Int] {
    let (from, to) = isAdjoint ? (outputs, inputs) : (inputs, outputs)
    guard shape.first == from, StateKind(shape: shape) == kind, shape.allSatisfy({ $0 > 0 }),
      shape.dropFirst().allSatisfy({ $0 <= 65_536 })
    else {
      let axes = kind == .points ? "" : (kind == .sequences ? ", L" : ", H, W")
      throw ShapeError(
        path: path.description, problem: "expects [\(from)\(axes)], the input is \(shape)")
    }
    let taps = Self.axes(kind).isEmpty ? 1 : (kind == .sequences ? 3 : 9)
    let pixels = shape.dropFirst().reduce(1, *)
    let type = ["linear", "conv 3", "conv 3x3"][Self.axes(kind).count]
    table.add(
      path, type + note + (isAdjoint ? ", adjoint" : ""), outputShape: [to] + shape.dropFirst(),
      parameters: weight.value.count + (bias?.value.count ?? 0),
      multiplyAdds: inputs * outputs * taps * pixels, keptElements: from * pixels)
    if kind != .points {
      table.add(
        convolution: path, from: [inputs] + shape.dropFirst(), to: [outputs] + shape.dropFirst(),
        Self.same, isPeriodic: padding == .periodic)
    }
    return [to] + shape.dropFirst()
  }
}

extension StateKind {
  /// What distinguishes the names of one field on different states.
  var suffix: String {
    switch self {
    case .points: ""
    case .sequences: "-conv1d"
    case .images: "-conv"
    }
  }

  /// What a ``LinearKernel`` is called.
  var mapName: String {
    switch self {
    case .points: "matrix"
    case .sequences: "convolution of sequences"
    case .images: "3x3 convolution"
    }
  }
}

extension FieldShape {
  /// Refuses shapes that a field from a space into itself cannot have.
  func checkUnchanged(_ path: ParameterPath) throws {
    guard inputs == outputs, stride == 1 else {
      throw ShapeError(
        path: path.description,
        problem: "the field cannot lead from \(inputs) to \(outputs) channels with stride \(stride)"
      )
    }
  }
}

extension Tensor {
  /// The unit matrix `[d, d]`.
  static func unit(_ size: Int, _ type: DataType, on device: Device) throws -> Tensor {
    let numbers = try range(to: Double(size), .int64, on: device)
    return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: type)
  }

  /// `(I - c J)^{-1} v` for every example: v is `[N, d]`, J `[N, d, d]`, or `[d, d]` where it is the same for all.
  func solvingLinearized(jacobian: Tensor, factor c: Double) throws -> Tensor {
    let matrix = try Tensor.unit(shape[1], dataType, on: device).adding(jacobian, scaledBy: -c)
    return try jacobian.rank == 2
      ? matrix.solve(transposed()).transposed() : matrix.solve(unsqueezed(2)).squeezed(2)
  }
}

extension Activation {
  /// `diag(act'(x)) K` for every example, `[N, m]` and `[m, d]` to `[N, m, d]`; K itself for the identity.
  func slopes(at input: @autoclosure () throws -> Tensor, times matrix: Tensor) throws -> Tensor {
    try self == .identity ? matrix : derivative(at: input()).unsqueezed(2) * matrix
  }
}
