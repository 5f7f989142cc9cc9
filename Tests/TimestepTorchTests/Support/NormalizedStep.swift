import TimestepTorch

/// One batch normalisation with what follows it, `act(base + size * BN(x))`, and its gradients: the fused operation
/// under test and, in float64, what it is held against.
struct NormalizedStep {
  var shape: [Int]
  var training = true
  var hasBase = true
  var relu = true
  var size = 0.1
  var format = MemoryFormat.channelsLast
  var mean = 0.5
  var seed: UInt64 = 1
  /// The type of x, base and value under test; parameters are float32.
  var stateType = DataType.float32

  /// Everything that the operation gives.
  struct Result {
    var value: Tensor
    /// With respect to x, scale, shift and, where there is one, base.
    var gradients: [Tensor]
    var runningMean: Tensor
    var runningVariance: Tensor
    var all: [Tensor] { [value, runningMean, runningVariance] + gradients }
  }

  /// The same numbers in every type: they are rounded to what is under test.
  ///
  /// - Parameter type: of everything; nil for the types under test.
  func run(_ type: DataType?, kernels: FusedKernels, mask: Tensor? = nil) throws -> Result {
    let before = FusedKernels.current
    try kernels.use()
    defer { try? before.use() }
    var random = SplitMix(seed)
    func numbers(_ shape: [Int], _ range: ClosedRange<Double>, leaf: Bool = false) throws
      -> Tensor
    {
      let tested = shape.count > 1 ? stateType : .float32
      var tensor = try random.tensor(shape, range).cast(to: tested).cast(to: type ?? tested)
      if shape.count == 4 { tensor = try tensor.contiguous(format) }
      if leaf { try tensor.setRequiresGradient() }
      return tensor
    }
    let channels = [shape[1]]
    let x = try numbers(shape, mean - 2...mean + 2, leaf: true)
    let scale = try numbers(channels, 0.5...1.5, leaf: true)
    let shift = try numbers(channels, -0.5...0.5, leaf: true)
    let base = try hasBase ? numbers(shape, -1...1, leaf: true) : nil
    let runningMean = try numbers(channels, -1...1)
    let runningVariance = try numbers(channels, 0.5...2)
    var weights = try numbers(shape, -1...1)
    if let mask { weights = try weights * mask.cast(to: weights.dataType) }
    let value = try x.batchNormalized(
      scale: scale, shift: shift, runningMean: runningMean, runningVariance: runningVariance,
      training: training, addedTo: base, size: size, relu: relu)
    let inputs = [x, scale, shift] + (base.map { [$0] } ?? [])
    let gradients = try Tensor.gradients(of: [value], seeds: [weights], withRespectTo: inputs)
    return Result(
      value: try value.detached(), gradients: gradients.compactMap { $0 },
      runningMean: runningMean, runningVariance: runningVariance)
  }

  /// 0 where the value before ReLU is so small that rounding decides its sign, and 1 elsewhere.
  func mask() throws -> Tensor {
    var linear = self
    linear.relu = false
    return try linear.run(.float64, kernels: .reference).value.absolute().greater(1e-5)
      .cast(to: .float32)
  }

  /// The errors of value, running statistics and gradients against float64.
  ///
  /// Gradients are sums of terms that cancel, so their errors are relative to what the terms would give without: with
  /// two numbers in a channel, say, the gradient of x is the rounding error of zero.
  func errors(_ kernels: FusedKernels) throws -> [Double] {
    let mask = relu ? try mask() : nil
    let exact = try run(.float64, kernels: .reference, mask: mask)
    let result = try run(nil, kernels: kernels, mask: mask)
    let terms = Double(shape.reduce(1, *) / shape[1]).squareRoot() * size
    let scales = try [size, 1, 1, size * steepest(), terms, terms, 1]
    return try zip(zip(result.all, exact.all), scales).map { pair, scale in
      let (value, expected) = pair
      let type = value.rank > 1 ? stateType : .float32
      guard value.shape == expected.shape, try value.dataType == type else { return .infinity }
      let difference = try (value.cast(to: .float64) - expected).absolute().max().scalar()
      return try difference / Swift.max(expected.absolute().max().scalar(), scale)
    }
  }

  /// The largest `1 / sqrt(variance + epsilon)`.
  private func steepest() throws -> Double {
    guard training else { return 1 }
    var random = SplitMix(seed)
    let axes = shape.indices.filter { $0 != 1 }
    let variances = try random.tensor(shape, mean - 2...mean + 2).variance(axes)
    return try 1 / (variances.min().scalar() + 1e-5).squareRoot()
  }
}
