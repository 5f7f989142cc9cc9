import TimestepTorch

/// How a stencil of three taps follows an image to twice the resolution and back.
///
/// ```
/// fine = A coarse,  coarse = A^-1 fine       along one axis; A (x) A along two
/// ```
///
/// The Galerkin rules make the coarse operator `R K_fine P` with R the mean of two cells: A^-1 is
///
/// ```
/// linear P      1/2 1/8  0        constant P = 2 R^T    1/2  0   0
///               1/2 3/4 1/2                             1/2  1  1/2
///                0  1/8 1/2                              0   0  1/2
/// ```
///
/// and keep the sum of the taps. The rule `derivatives` reads the stencil as `a m + b d/dx + c d^2/dx^2` with
/// differences over the cell size and a mass row m, and keeps a, b and c. Source: lecture, section 6.10; Meganet.m,
/// `getFineScaleConv`; Haber, Ruthotto, Holtham and Jun (2017).
public enum StencilRule: String, Sendable, CaseIterable {
  /// Galerkin with linear interpolation.
  case linear
  /// Galerkin with constant interpolation.
  case constant
  /// The same derivatives, with the mass row (1, 1, 1).
  case derivatives

  /// A, row by row.
  public var finer: [[Double]] {
    switch self {
    case .linear: [[2.5, -0.5, 0.5], [-2, 2, -2], [0.5, -0.5, 2.5]]
    case .constant: [[2, 0, 0], [-1, 1, -1], [0, 0, 2]]
    case .derivatives: Self.scaled(by: 2)
    }
  }

  /// A^-1, row by row.
  public var coarser: [[Double]] {
    switch self {
    case .linear: [[0.5, 0.125, 0], [0.5, 0.75, 0.5], [0, 0.125, 0.5]]
    case .constant: [[0.5, 0, 0], [0.5, 1, 0.5], [0, 0, 0.5]]
    case .derivatives: Self.scaled(by: 0.5)
    }
  }

  /// `B diag(1, s, s^2) B^-1` with the columns (1, 1, 1), (-1, 0, 1), (-1, 2, -1) of B: taps over cells 1 / s as long.
  private static func scaled(by s: Double) -> [[Double]] {
    let columns = [[1.0, 1, 1], [-1, 0, 1], [-1, 2, -1]]
    // The columns are orthogonal.
    return (0..<3).map { row in
      (0..<3).map { column in
        zip(columns, [1, s, s * s]).reduce(0) { sum, term in
          let (vector, factor) = term
          let square = vector.reduce(0) { $0 + $1 * $1 }
          return sum + factor * vector[row] * vector[column] / square
        }
      }
    }
  }

  /// The stencils of a weight `[..., 3]` (one axis of taps) or `[..., 3, 3]` (two) at another resolution, in float64.
  func applied(to weight: Tensor, axes: Int, isFiner: Bool) throws -> Tensor {
    let rows = isFiner ? finer : coarser
    let matrix = try Tensor(rows.flatMap { $0 }, shape: [3, 3]).moved(to: weight.device)
    let weight = try weight.detached().cast(to: .float64)
    let along = try weight.matrixProduct(matrix.transposed())
    return axes == 1 ? along : try matrix.matrixProduct(along)
  }
}
