import TimestepTorch

/// The largest and smallest singular values of an operator too large for a matrix, by the Golub-Kahan bidiagonalisation
/// with full reorthogonalisation.
///
/// ```
/// A v_j = b_{j-1} u_{j-1} + a_j u_j,   A^T u_j = a_j v_j + b_j v_{j+1},   B = bidiag(a, b)
/// ```
///
/// The singular values of B tend to those of A from both ends, each with the residual `|A^T u - s v| = b_k |e_k^T p|`:
/// a singular value of A lies within it. The values of B lie between the extreme ones of A, so the largest comes from
/// below and the smallest from above. Vectors are kept in float64; the domain is the smaller of both spaces, so that the
/// smallest is that of the `min(rows, columns)` singular values that there are.
///
/// Source: G. Golub, W. Kahan (1965); G. Golub, C. Van Loan, Matrix Computations, section 10.4.
public struct LanczosBidiagonalization: Sendable, Hashable {
  /// The most steps, and vectors kept on each side.
  public var steps = 300
  /// The residual, relative to the largest singular value, at which both ends are good enough.
  public var tolerance = 1e-7
  /// Decides on the random start.
  public var seed: UInt64 = 0

  /// Creates the iteration.
  public init() {}

  /// What was found.
  public struct Spectrum: Sendable, Hashable, Codable {
    /// The singular values of B, descending.
    public var values: [Double]
    /// The residual of each.
    public var residuals: [Double]
    /// The steps that were made.
    public var steps: Int
    /// Whether the largest and the smallest one fell below the tolerance, or nothing was left to search.
    public var isConverged: Bool
    /// Whether the largest one did.
    public var isLargestConverged: Bool

    /// The spectral norm.
    public var largest: Double { values.first ?? 0 }
    /// The smallest singular value.
    public var smallest: Double { values.last ?? 0 }
  }

  /// The singular values at both ends.
  ///
  /// - Parameter shouldStop: is asked now and then; when it answers yes, what was found so far is given back.
  public func callAsFunction(
    _ map: LinearOperator, shouldStop: () -> Bool = { false }
  ) throws -> Spectrum {
    let a = map.columns <= map.rows ? map : map.transposed
    let (n, m) = (a.columns, a.rows)
    let limit = min(max(steps, 1), n)
    let generator = try Generator(seed: seed)
    let right = try Tensor.zeros([limit, n], .float64)
    let left = try Tensor.zeros([limit, m], .float64)
    var (diagonal, above): ([Double], [Double]) = ([], [])
    var scale = 0.0
    let rounding = a.dataType == .float64 ? 1e-14 : 1e-7

    var v = try Self.random(n, generator)
    for k in 0..<limit {
      try right.selected(k).copyInPlace(from: v)
      var u = try a(v.cast(to: a.dataType).moved(to: a.device).reshaped([1] + a.inputShape))
        .flattened().moved(to: .cpu).cast(to: .float64)
      if k > 0 { u = try Self.orthogonalized(u, against: left.sliced(0..<k)) }
      var length = try u.norm().scalar()
      scale = max(scale, length)
      if length <= rounding * scale {
        // A v is a combination of what is there: any new direction does.
        length = 0
        u = try Self.orthogonalized(Self.random(m, generator), against: left.sliced(0..<k))
        u = try u / max(u.norm().scalar(), .leastNormalMagnitude)
      } else {
        u = try u / length
      }
      try left.selected(k).copyInPlace(from: u)
      diagonal.append(length)
      var w = try a.adjoint(
        u.cast(to: a.dataType).moved(to: a.device).reshaped([1] + a.outputShape)
      ).flattened().moved(to: .cpu).cast(to: .float64)
      w = try Self.orthogonalized(w, against: right.sliced(0..<k + 1))
      let next = try w.norm().scalar()
      scale = max(scale, next)
      above.append(next)

      let isExhausted = k + 1 == n || next <= rounding * scale
      if isExhausted || k + 1 == limit || (k + 1) % 16 == 0 {
        var found = try Self.spectrum(diagonal, above)
        let bound = tolerance * found.largest
        found.isLargestConverged = isExhausted || (found.residuals.first ?? .infinity) <= bound
        found.isConverged =
          isExhausted
          || (found.isLargestConverged
            && Self.isSettled(found, bound, rounding: 10 * rounding * found.largest))
        if isExhausted { found.residuals = found.residuals.map { min($0, rounding * scale) } }
        if found.isConverged || k + 1 == limit || shouldStop() { return found }
      }
      v = try w / next
    }
    return Spectrum(
      values: [], residuals: [], steps: 0, isConverged: true, isLargestConverged: true)
  }

  /// The singular values of the bidiagonal matrix of all steps so far, and their residuals.
  private static func spectrum(_ diagonal: [Double], _ above: [Double]) throws -> Spectrum {
    let count = diagonal.count
    var matrix = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      matrix[i * count + i] = diagonal[i]
      if i + 1 < count { matrix[i * count + i + 1] = above[i] }
    }
    let (u, s, _) = try Tensor(matrix, shape: [count, count]).singularValueDecomposition()
    let last = try u.selected(count - 1).absolute() * above[count - 1]
    return Spectrum(
      values: try s.scalars(Double.self), residuals: try last.scalars(Double.self), steps: count,
      isConverged: false, isLargestConverged: false)
  }

  /// Whether the smallest value is good: its residual is below the bound, and small against the value itself as far as
  /// rounding allows, unless the value is as good as 0.
  private static func isSettled(_ found: Spectrum, _ bound: Double, rounding: Double) -> Bool {
    guard let residual = found.residuals.last else { return false }
    return residual <= bound
      && (found.smallest <= 10 * bound || residual <= max(relative * found.smallest, rounding))
  }

  /// The residual of the smallest value, over the value.
  private static let relative = 1e-3

  /// `x` without its parts along the rows of an orthonormal basis, taken off twice.
  private static func orthogonalized(_ x: Tensor, against basis: Tensor) throws -> Tensor {
    guard basis.shape[0] > 0 else { return x }
    return try (0..<2).reduce(x) { x, _ in
      let parts = try basis.matrixProduct(x.unsqueezed(1))
      return try x - basis.transposed().matrixProduct(parts).squeezed(1)
    }
  }

  /// A random direction.
  private static func random(_ count: Int, _ generator: Generator) throws -> Tensor {
    let vector = try Tensor.empty([count], .float64)
    try generator.fillNormal(vector)
    return try vector / max(vector.norm().scalar(), .leastNormalMagnitude)
  }
}
