import TimestepLayers
import TimestepTorch

/// The convolution kernel nearest to a given one whose convolution scales all lengths alike.
///
/// On a circular `H x W` map a convolution acts on every frequency (u, v) by a matrix of its own,
/// `A = sum_ij K[:, :, i, j] e^(-2 pi i (u i / H + v j / W))`, `d x c`. Each is replaced by its polar factor,
///
/// ```
/// A <- s A (A^H A)^(-1/2)   (c <= d),   A <- s (A A^H)^(-1/2) A   (c > d),   s = sqrt(d / min(c, d))
/// ```
///
/// so that all its singular values are s and, for gradients without a preferred direction,
/// `E |dE/dx|^2 = E |dE/dy|^2`. The inverse transform fills the whole map; it is cut to the support `k x k`, which is
/// exact for `k = 1` (all frequencies have the same matrix, and no transform is needed) and near for larger kernels.
///
/// Real kernels have `A(-u, -v) = conj A(u, v)`: half of the spectrum is computed. The network pads with zeros, which
/// changes the operator at the border only.
///
/// Source: Zaeemzadeh et al., "Norm-Preservation" (2020), equations 5 to 8 and algorithm 1; Sedghi et al. (2019),
/// theorem 6, for the frequencies; Higham (1997) for the iteration.
public struct ProcrustesProjection: Sendable, Hashable {
  /// How the polar factor is computed.
  public enum Method: String, Sendable, CaseIterable, Codable {
    /// The coupled iteration for the inverse square root: products of small matrices alone.
    case newtonSchulz = "newton-schulz"
    /// The singular value decomposition, exact and slow.
    case svd
  }

  /// How the polar factor is computed.
  public var method = Method.newtonSchulz
  /// Newton-Schulz iterations at most; 15 bring a singular value of `0.005 sqrt m` to 99 % of its target.
  public var iterations = 15
  /// Whether ReLU follows the convolution and takes half of the gradient's energy: s is then larger by `sqrt 2`.
  public var isFollowedByReLU = false
  /// How often projection and cut alternate; the reference code does it once.
  public var rounds = 1
  /// Whether the defect of both reference codes is reproduced, which conjugate the spectrum before the inverse
  /// transform: the kernel comes out reversed, the cut leaves one corner tap of it. Harmless for `k = 1`; only for
  /// comparison with the authors' numbers.
  public var conjugationDefect = false

  /// Creates the projection of the paper.
  public init() {}

  /// The target s of all singular values for a kernel `[d, c, k, k]`.
  public func target(for shape: [Int]) -> Double {
    let (d, c) = (Double(shape[0]), Double(shape[1]))
    return ((isFollowedByReLU ? 2 : 1) * d / Swift.min(c, d)).squareRoot()
  }

  /// The projected kernel; nothing is recorded for gradients.
  ///
  /// - Parameters:
  ///   - kernel: `[d, c, k, k]`, float32 or float64.
  ///   - size: height and width of the convolution's value. A map smaller than the kernel counts as large as it.
  public func callAsFunction(_ kernel: Tensor, size: [Int]) throws -> Tensor {
    try withoutGradients {
      let kernel = try kernel.detached()
      let shape = try Self.checked(kernel, size)
      if shape[2] == 1, shape[3] == 1 {
        return try polarFactor(kernel.reshaped(Array(shape[..<2])), target: target(for: shape))
          .reshaped(shape)
      }
      let size = [Swift.max(size[0], shape[2]), Swift.max(size[1], shape[3])]
      return try (0..<Swift.max(rounds, 1)).reduce(kernel) { value, _ in
        try round(value, shape, size)
      }
    }
  }

  /// One projection and one cut.
  private func round(_ kernel: Tensor, _ shape: [Int], _ size: [Int]) throws -> Tensor {
    let spectrum = try kernel.realFourierTransform2D(size[0], size[1])
    // Frequencies first: [H, W / 2 + 1, d, c].
    var projected = try polarFactor(
      spectrum.permuted([2, 3, 0, 1]).contiguous(), target: target(for: shape))
    if conjugationDefect { projected = try projected.conjugate() }
    return try projected.permuted([2, 3, 0, 1])
      .inverseRealFourierTransform2D(size[0], size[1])
      .sliced(0..<shape[2], axis: 2).sliced(0..<shape[3], axis: 3)
      .contiguous()
  }

  /// Matrices `[..., d, c]`, real or complex, with all singular values brought to `target`.
  public func polarFactor(_ a: Tensor, target: Double = 1) throws -> Tensor {
    switch method {
    case .svd:
      let (u, _, vh) = try a.singularValueDecomposition()
      return try u.matrixProduct(vh) * target
    case .newtonSchulz:
      let adjoint = try a.transposed().conjugate()
      let isTall = a.shape[a.rank - 2] >= a.shape[a.rank - 1]
      let gram = try isTall ? adjoint.matrixProduct(a) : a.matrixProduct(adjoint)
      let root = try Self.inverseSquareRoot(gram, iterations: iterations) * target
      return try isTall ? a.matrixProduct(root) : root.matrixProduct(a)
    }
  }

  /// `G^(-1/2)` for Hermitian positive matrices `[..., m, m]` by the coupled Newton-Schulz iteration
  ///
  /// ```
  /// Y = G / m,  Z = I;   T = (3 I - Z Y) / 2,  Y <- Y T,  Z <- T Z;   G^(-1/2) = Z / sqrt m
  /// ```
  ///
  /// with `m = max(1, |G|_F)` per matrix, so that it converges for every G; for one matrix it ends early where T has
  /// become I.
  public static func inverseSquareRoot(_ gram: Tensor, iterations: Int) throws -> Tensor {
    let rank = gram.rank
    let scale = try gram.norm([rank - 2, rank - 1], keepAxes: true).maximum(1)
    let size = gram.shape[rank - 1]
    let numbers = try Tensor.range(to: Double(size), .float64)
    let unit = try numbers.unsqueezed(0).equal(numbers.unsqueezed(1))
      .moved(to: gram.device).cast(to: gram.dataType)
    let halves = try unit * 1.5
    // The error squares in every step: below this, the step at hand leaves it below the rounding error. Not asked
    // of a batch, whose worst matrix takes all iterations, while norms of complex numbers are slow.
    let isSingle = try [.float32, .complex64].contains(gram.dataType)
    let tolerance = isSingle ? 1e-4 : 1e-8
    var y = try gram / scale
    var z = unit
    for iteration in 0..<iterations {
      let t = try halves.adding(iteration == 0 ? y : z.matrixProduct(y), scaledBy: -0.5)
      z = try iteration == 0 ? t : t.matrixProduct(z)
      if iteration + 1 == iterations { break }
      if rank == 2, try (t - unit).norm().scalar() < tolerance { break }
      y = try y.matrixProduct(t)
    }
    return try z / scale.squareRoot()
  }

  /// The singular values of the circular convolution with a kernel `[d, c, k, k]` on a map of the given height and
  /// width, in descending order: the `H W min(c, d)` of all frequencies together.
  public static func singularValues(ofConvolution kernel: Tensor, size: [Int]) throws -> Tensor {
    try withoutGradients {
      let kernel = try kernel.detached()
      let shape = try checked(kernel, size)
      guard size[0] >= shape[2], size[1] >= shape[3] else {
        throw ShapeError(
          path: "singularValues", problem: "the map \(size) is smaller than the kernel \(shape)")
      }
      let values = try kernel.fourierTransform2D(size[0], size[1]).permuted([2, 3, 0, 1])
        .singularValues().flattened()
      return try values.topK(values.count).values
    }
  }

  private static func checked(_ kernel: Tensor, _ size: [Int]) throws -> [Int] {
    let shape = kernel.shape
    guard shape.count == 4, size.count == 2, (shape + size).allSatisfy({ $0 > 0 }) else {
      throw ShapeError(
        path: "projection",
        problem: "expects a kernel [d, c, k, k] and a map [H, W], given \(shape) and \(size)")
    }
    return shape
  }
}
