import RealModule
import TimestepTorch

/// A linear map as a product of many maps near the identity: the construction by which theorem 2 of the
/// norm-preservation paper is proved.
///
/// ```
/// R = Q P,  Q a rotation, P = (R^T R)^{1/2};   R = (Q^{1/m})^m (P^{1/k})^k,   L = m + k
/// ```
///
/// The blocks `I + W_l` are the roots; `delta = max_l |W_l|`. m : k is the ratio of the logarithms' norms, so that the
/// two kinds of blocks are as far from the identity as each other. Sources: Hardt and Ma (2017), theorem 2.1; Zaeemzadeh
/// et al. (2020), theorem 2.
public struct LinearRepresentation {
  /// The map, `[N, N]`.
  public let map: Tensor
  /// Its extreme singular values.
  public let largest: Double
  public let smallest: Double
  /// Vectors, complex as re and im, and angles of Q.
  private let rotation: (re: Tensor, im: Tensor, angles: [Double])
  /// Vectors and values of P.
  private let stretch: (vectors: Tensor, values: [Double])

  /// Decomposes a map of positive determinant.
  ///
  /// - Throws: ``DiagnosticError`` for a map that is singular or turns space over: no product of blocks near the identity
  ///   is one.
  public init(of map: Tensor) throws {
    let (u, s, vh) = try map.cast(to: .float64).singularValueDecomposition()
    let values = try s.scalars(Double.self)
    guard let top = values.first, let bottom = values.last, bottom > 1e-12 * top else {
      throw DiagnosticError(.badData, "linear map", "is singular")
    }
    self.map = map
    (largest, smallest) = (top, bottom)
    stretch = (try vh.transposed(), values)
    rotation = try Self.rotation(u.matrixProduct(vh))
    // Angles of a rotation come in pairs of both signs; an odd one out at pi is a reflection.
    let turns = rotation.angles.filter { abs($0) > Double.pi - 1e-9 }.count
    guard turns % 2 == 0 else {
      throw DiagnosticError(.badData, "linear map", "its determinant is negative")
    }
  }

  /// The eigenvectors and angles of an orthogonal matrix, by the Hermitian matrix `(Q + Q^T)/2 + a (Q - Q^T)/(2i)`, which
  /// has the same vectors.
  private static func rotation(_ q: Tensor) throws -> (re: Tensor, im: Tensor, angles: [Double]) {
    let transposed = try q.transposed()
    let (even, odd) = (try (q + transposed) * 0.5, try (q - transposed) * 0.5)
    // 1/i = -i; a factor without relation to cosines and sines keeps different angles apart.
    let hermitian = try Tensor.stacked([even, odd * -0.618_033_988_749_894_8], axis: 2).contiguous()
      .complexFromPairs()
    let pairs = try hermitian.hermitianEigen().vectors.contiguous().realPairs()
    let (re, im) = (
      try pairs.selected(0, axis: 2).contiguous(), try pairs.selected(1, axis: 2).contiguous()
    )
    // v^* Q v for each column.
    let (qre, qim) = (try q.matrixProduct(re), try q.matrixProduct(im))
    let cosines = try (re * qre + im * qim).sum([0]).scalars(Double.self)
    let sines = try (re * qim - im * qre).sum([0]).scalars(Double.self)
    return (re, im, zip(sines, cosines).map { .atan2(y: $0, x: $1) })
  }

  /// The roots that the product for L blocks is made of, and how often each occurs.
  public func roots(blocks: Int) throws -> (
    rotation: Tensor, rotations: Int, stretch: Tensor, stretches: Int
  ) {
    guard blocks >= 2 else {
      throw DiagnosticError(.badData, "linear map", "two kinds of blocks need two of them")
    }
    let turn = rotation.angles.map(abs).max() ?? 0
    let stretching = stretch.values.map { abs(Double.log($0)) }.max() ?? 0
    let share = turn + stretching > 0 ? turn / (turn + stretching) : 0.5
    let rotations = min(max(Int((Double(blocks) * share).rounded()), 1), blocks - 1)
    let stretches = blocks - rotations
    let angles = rotation.angles.map { $0 / Double(rotations) }
    let cosines = try Tensor(angles.map { Double.cos($0) }, shape: [angles.count])
    let sines = try Tensor(angles.map { Double.sin($0) }, shape: [angles.count])
    // The real part of V diag(e^(i angle)) V^*.
    let (re, im) = (rotation.re, rotation.im)
    let root =
      try (re * cosines - im * sines).matrixProduct(re.transposed())
      + (re * sines + im * cosines).matrixProduct(im.transposed())
    let powers = stretch.values.map { Double.pow($0, 1 / Double(stretches)) }
    let (vectors, scales) = (stretch.vectors, try Tensor(powers, shape: [powers.count]))
    return (
      root, rotations, try (vectors * scales).matrixProduct(vectors.transposed()), stretches
    )
  }

  /// What the product for L blocks is like.
  public struct Measured: Sendable, Hashable {
    public var blocks: Int
    /// `max_l |W_l|`
    public var delta: Double
    /// The largest `|1 - gain|` of random gradients on their way back through all blocks.
    public var deviation: Double
    /// `|product - R| / |R|` in the Frobenius norm.
    public var error: Double
  }

  /// Multiplies the blocks and sends random gradients back through them.
  public func measured(blocks: Int, gradients count: Int = 64, seed: UInt64) throws -> Measured {
    let (q, rotations, p, stretches) = try roots(blocks: blocks)
    let unit = try Tensor.unit(map.shape[0])
    let delta = try [q, p].map { try ($0 - unit).singularValues().max().scalar() }.max() ?? .nan
    var gradient = try Tensor.empty([count, map.shape[0]], .float64)
    try Generator(seed: seed).fillNormal(gradient)
    var (product, deviation) = (unit, 0.0)
    // Forwards P comes first; rows times matrices go backwards through them.
    for (factor, times) in [(q, rotations), (p, stretches)] {
      for _ in 0..<times {
        product = try product.matrixProduct(factor)
        let before = try gradient.matrixProduct(factor)
        let gains = try (before.norm([1]) / gradient.norm([1])).scalars(Double.self)
        deviation = gains.reduce(deviation) { max($0, abs($1 - 1)) }
        gradient = before
      }
    }
    return Measured(
      blocks: blocks, delta: delta, deviation: deviation,
      error: try ((product - map).norm() / map.norm()).scalar())
  }

  /// A random map with log-uniform singular values between 1/stretch and stretch, and positive determinant.
  public static func random(size: Int, stretch: Double, seed: UInt64) throws -> Tensor {
    let generator = try Generator(seed: seed)
    func orthogonal() throws -> Tensor {
      let normal = try Tensor.empty([size, size], .float64)
      try generator.fillNormal(normal)
      return try normal.orthogonalFactorization().q
    }
    let logs = try Tensor.empty([size], .float64)
    try generator.fillUniform(logs, -Double.log(stretch), Double.log(stretch))
    let values = try logs.exponential()
    let (u, v) = (try orthogonal(), try orthogonal())
    let map = try (u * values).matrixProduct(v.transposed())
    if (try? LinearRepresentation(of: map)) != nil { return map }
    // Its determinant is negative: one direction is turned over.
    let signs = try Tensor((0..<size).map { $0 == 0 ? -1.0 : 1 }, shape: [size])
    return try (u * values * signs).matrixProduct(v.transposed())
  }
}
