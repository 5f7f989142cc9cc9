import RealModule
import TimestepNetworks
import TimestepTorch

/// How near a kernel's convolution is to one that scales all lengths alike.
///
/// Source: Zaeemzadeh et al. (2020), equations 5 to 8.
public struct ProjectionQuality: Sendable, Hashable {
  /// The s that all singular values should have.
  public var target: Double
  /// Extreme singular values on the torus.
  public var smallest: Double
  public var largest: Double
  /// The root mean square of `s_j - s`.
  public var deviation: Double
  /// `|K|^2 / (s^2 min(c, d))`: what the cut to k x k has left of the energy of a projection that fills the whole map.
  /// More than 1 for a kernel that was never projected and is larger.
  public var energy: Double
  /// `|dE/dx| / |dE/dy|` for gradients without a preferred direction, root mean square, on the torus.
  public var gain: Double
  /// The same with zeros around the map, over random gradients.
  public var paddedGain: Double

  /// Measures a kernel.
  ///
  /// - Parameters:
  ///   - kernel: `[d, c, k, k]`, k odd.
  ///   - size: height and width of the map.
  public init(
    _ kernel: Tensor, size: Int, projection: ProcrustesProjection = .init(), seed: UInt64 = 0
  ) throws {
    let kernel = try kernel.detached().cast(to: .float64)
    let (shape, s) = (kernel.shape, projection.target(for: kernel.shape))
    let values = try ProcrustesProjection.singularValues(
      ofConvolution: kernel, size: [size, size]
    ).scalars(Double.self)
    target = s
    (largest, smallest) = (values.first ?? .nan, values.last ?? .nan)
    let squares = values.reduce(0) { $0 + ($1 - s) * ($1 - s) }
    deviation = (squares / Double(max(values.count, 1))).squareRoot()
    let square = try kernel.square().sum().scalar()
    energy = square / (s * s * Double(min(shape[0], shape[1])))
    gain = (square / Double(shape[0])).squareRoot()
    let map = try LinearOperator(
      linear: { try $0.convolution2D(kernel, ConvolutionOptions(padding: shape[2] / 2)) },
      from: [shape[1], size, size])
    let after = try Tensor.empty([4] + map.outputShape, .float64)
    try Generator(seed: seed).fillNormal(after)
    paddedGain = try (map.adjoint(after).norm() / after.norm()).scalar()
  }
}

/// What two kernels have in common.
public struct KernelComparison: Sendable, Hashable {
  /// `<K, L> / (|K| |L|)`
  public var correlation: Double
  /// The largest difference of elements over the largest element.
  public var difference: Double
  /// The share of the second kernel's energy that its strongest tap has.
  public var strongestTap: Double

  /// Compares kernels `[d, c, k, k]`.
  public init(_ one: Tensor, _ other: Tensor) throws {
    let (a, b) = (
      try one.detached().cast(to: .float64), try other.detached().cast(to: .float64)
    )
    correlation = try ((a * b).sum() / (a.norm() * b.norm())).scalar()
    difference = try ((a - b).absolute().max() / b.absolute().max()).scalar()
    strongestTap = try (b.square().sum([0, 1]).max() / b.square().sum()).scalar()
  }
}
