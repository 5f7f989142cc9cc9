import TimestepLayers
import TimestepTorch

/// The first layer of ProcResNet: a bare 3x3 convolution that preserves norms, `[N, C, H, W] -> [N, D, H, W]`.
///
/// ```
/// u_0 = K x,   all singular values of K near sqrt(D / min(C, D))
/// ```
///
/// No bias, no normalisation and no activation: the first field brings its own. The map need not be square; the
/// projection transforms kernels at its height and width. Source: Zaeemzadeh et al. (2020), section 4.
public final class NormPreservingStem: ConstrainedLayer {
  /// What keeps the kernel where it should be; empty where projection is off.
  public let constraints: [any ParameterConstraint]
  private let convolution: Convolution2D

  /// Creates the layer with a projected weight at `conv` below the path.
  ///
  /// - Parameter size: height and width of the images.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    size: [Int], settings: ProjectionSettings = .init()
  ) throws {
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 3, bias: false)
    let constraint = try settings.makeConstraint(on: convolution, size: size, in: store)
    constraints = constraint.map { [$0] } ?? []
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try convolution(input, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try convolution.trace(shape, &table)
  }
}
