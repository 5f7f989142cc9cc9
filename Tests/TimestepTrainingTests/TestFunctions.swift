import TimestepLayers
import TimestepTorch
import TimestepTraining

extension Tensor {
  /// Normal numbers in float64.
  static func normal(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(tensor)
    return tensor
  }

  /// The largest difference to a tensor of the same shape, relative to its largest element.
  func relativeError(to expected: Tensor) throws -> Double {
    guard shape == expected.shape else { return .infinity }
    let scale = try expected.absolute().max().scalar()
    return try (self - expected).absolute().max().scalar() / Swift.max(scale, 1e-300)
  }
}

/// Functions of few variables with known minima.
enum TestFunctions {
  /// `sum of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2`, least at ones.
  static func rosenbrock(_ x: Tensor) throws -> Tensor {
    let count = x.count
    let (first, second) = try (x.sliced(0..<count - 1), x.sliced(1..<count))
    return try ((second - first.square()).square() * 100 + (first * -1 + 1).square()).sum()
  }

  /// `1/2 sum of i^2 x_i^2 - sum of x_i`, i from 1, least at `1 / i^2`.
  static func quadratic(_ x: Tensor) throws -> Tensor {
    try (numbers(x.count).square() * x.square() * 0.5 - x).sum()
  }

  /// `sum of log cosh(i x_i + x_{i-1} - 1)`, i from 1, with x_0 the last.
  static func smooth(_ x: Tensor) throws -> Tensor {
    let count = x.count
    let rolled = try Tensor.concatenated([x.sliced(count - 1..<count), x.sliced(0..<count - 1)])
    let y = try numbers(count) * x + rolled - 1
    return try ((y.exponential() + (-y).exponential()) * 0.5).logarithm().sum()
  }

  static func numbers(_ count: Int) throws -> Tensor {
    try Tensor.range(from: 1, to: Double(count + 1), .float64)
  }

  /// A function as a problem that begins at a point, in two parameters where there are enough numbers.
  static func problem(from start: [Double], _ function: @escaping (Tensor) throws -> Tensor) throws
    -> ClosureProblem
  {
    let store = ParameterStore(dataType: .float64)
    let first = max(start.count / 2, 1)
    var places = [0..<first]
    if first < start.count { places.append(first..<start.count) }
    let parameters = try places.enumerated().map { index, place in
      let path = ParameterPath.root / "p\(index)"
      let parameter = try store.constant(path, shape: [place.count], value: 0, isTrainable: true)
      try parameter.assign(Tensor(Array(start[place])))
      return parameter
    }
    return ClosureProblem(try ParameterVector(parameters)) {
      try function(Tensor.concatenated(parameters.map(\.value)))
    }
  }
}
