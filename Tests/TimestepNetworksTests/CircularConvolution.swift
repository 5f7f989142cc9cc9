import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The convolution that the theory speaks of: the map's border continues at the opposite one.
struct CircularConvolution {
  let kernel: Tensor

  /// `[N, c, H, W] -> [N, d, H, W]`
  func callAsFunction(_ input: Tensor) throws -> Tensor {
    var padded = input
    for axis in [2, 3] where kernel.shape[axis] > 1 {
      let start = try padded.sliced(0..<kernel.shape[axis] - 1, axis: axis)
      padded = try .concatenated([padded, start], axis: axis)
    }
    return try padded.convolution2D(kernel)
  }

  /// The matrix from all inputs to all outputs of a map, transposed: one row for every unit image.
  func matrix(_ size: [Int]) throws -> Tensor {
    let inputs = kernel.shape[1] * size[0] * size[1]
    let numbers = try Tensor.range(to: Double(inputs), .float64)
    let unit = try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
    return try self(unit.reshaped([inputs, kernel.shape[1]] + size)).flattened(from: 1)
  }

  /// The factor by which a white gradient of the value grows on its way to the input.
  func backwardGain(_ size: [Int], seed: UInt64) throws -> Double {
    let input = try Tensor.zeros([8, kernel.shape[1]] + size, .float64)
    try input.setRequiresGradient()
    let value = try self(input)
    let white = try Tensor.normal(value.shape, seed: seed)
    let gradient = try Tensor.gradients(of: [value], seeds: [white], withRespectTo: [input])[0]
    return try (gradient?.norm().scalar() ?? .nan) / white.norm().scalar()
  }
}

/// Kernels and their singular values, for tests of projections.
enum Kernels {
  /// Normal numbers of variance `2 / (c k^2)`, `[d, c, k, k]` (He et al. 2015).
  static func he(_ outputs: Int, _ inputs: Int, _ size: Int, seed: UInt64 = 1) throws -> Tensor {
    let deviation = (2 / Double(inputs * size * size)).squareRoot()
    return try Tensor.normal([outputs, inputs, size, size], seed: seed) * deviation
  }

  /// The singular values on a square map, descending.
  static func singularValues(_ kernel: Tensor, _ size: Int) throws -> [Double] {
    try ProcrustesProjection.singularValues(ofConvolution: kernel, size: [size, size])
      .scalars(Double.self)
  }
}

extension [Double] {
  /// The root of the mean square distance to a number.
  func deviation(from target: Double) -> Double {
    (reduce(0) { $0 + ($1 - target) * ($1 - target) } / Double(count)).squareRoot()
  }
}
