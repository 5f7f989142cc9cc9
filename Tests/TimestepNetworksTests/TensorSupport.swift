import TimestepTorch

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

  /// Whether every element is a number.
  func isAllFinite() throws -> Bool { try isFinite().all().scalar() == 1 }

  /// Whether shape and every bit are the same.
  func isIdentical(to other: Tensor) throws -> Bool {
    try shape == other.shape && scalars(Double.self) == other.scalars(Double.self)
  }
}
