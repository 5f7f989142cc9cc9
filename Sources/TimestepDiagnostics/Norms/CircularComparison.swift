import TimestepTorch

/// The singular values of a convolution by the Fourier transform of its kernel, against those of its whole matrix.
///
/// ```
/// {s_j} = union over (u, v) of the singular values of A(u, v),   n^2 min(c, d) of them
/// ```
///
/// Sources: Sedghi, Gupta and Long (2019), theorem 6; Zaeemzadeh et al. (2020), theorem 3.
public struct CircularComparison {
  /// Largest first, by the Fourier transform.
  public let transformed: [Double]
  /// Largest first, of the matrix of the convolution on a torus.
  public let dense: [Double]
  /// Largest first, of the matrix of the convolution with zeros around, as networks compute it.
  public let padded: [Double]

  /// Computes all three for a kernel.
  ///
  /// - Parameters:
  ///   - kernel: `[d, c, k, k]`, k odd.
  ///   - size: height and width n of the map, at least k.
  public init(_ kernel: Tensor, size: Int) throws {
    let kernel = try kernel.detached().cast(to: .float64)
    let shape = kernel.shape
    guard shape.count == 4, shape[2] == shape[3], shape[2] % 2 == 1, size >= shape[2],
      let values = try CircularSpectrum.singularValues(kernel, size: [size, size])
    else {
      throw DiagnosticError(
        .badData, "circular convolution", "a kernel \(shape) on a map of \(size)")
    }
    transformed = values
    let margin = shape[2] / 2
    func matrix(_ function: @escaping (Tensor) throws -> Tensor) throws -> [Double] {
      try LinearOperator(linear: function, from: [shape[1], size, size]).matrix()
        .singularValues().scalars(Double.self)
    }
    dense = try matrix {
      try $0.wrapped(margin).convolution2D(kernel, ConvolutionOptions())
    }
    padded = try matrix { try $0.convolution2D(kernel, ConvolutionOptions(padding: margin)) }
  }

  /// The largest difference between the transform's values and the matrix's.
  public var difference: Double { Self.distance(transformed, dense) }
  /// The largest difference that zeros around make, over the largest singular value.
  public var paddingEffect: Double {
    Self.distance(transformed, padded) / (transformed.first ?? .nan)
  }

  private static func distance(_ one: [Double], _ other: [Double]) -> Double {
    one.count == other.count ? zip(one, other).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  /// A kernel with entries of He's normal distribution.
  ///
  /// - Parameter shape: `[d, c, k, k]`.
  public static func randomKernel(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let kernel = try Tensor.empty(shape, .float64)
    let fan = Double(shape.dropFirst().reduce(1, *))
    try Generator(seed: seed).fillNormal(kernel, deviation: (2 / fan).squareRoot())
    return kernel
  }
}
