import Foundation
import TimestepTorch

/// Approximations of the outer eigenvalues of a square linear map, by Arnoldi's iteration.
///
/// ```
/// V^T J V = H,   V an orthonormal basis of span{v, J v, ..., J^{m-1} v};   the eigenvalues of H
/// ```
///
/// Those at the edge of the spectrum come first; m = n gives all of them.
package struct RitzValues {
  /// The most dimensions m of the subspace.
  package var dimensions: Int

  /// Sets the dimensions.
  package init(dimensions: Int = 30) { self.dimensions = dimensions }

  /// The Ritz values of a map on states `[1, ...]`, as pairs (real, imaginary).
  package func callAsFunction(
    like state: Tensor, _ generator: Generator, _ apply: (Tensor) throws -> Tensor
  ) throws -> [(real: Double, imaginary: Double)] {
    let size = min(dimensions, state.count)
    var basis = [try Self.unit(try state.noise(generator).cast(to: .float64)).vector]
    var rows: [[Double]] = []  // Column by column of H.
    for step in 0..<size {
      let image = try apply(basis[step].reshaped(state.shape).cast(to: state.dataType))
      var w = try image.detached().cast(to: .float64).reshaped([state.count])
      var column = [Double](repeating: 0, count: size + 1)
      // Twice: once is not orthogonal enough in rounding.
      for _ in 0..<2 {
        for (index, v) in basis.enumerated() {
          let product = try (v * w).sum().scalar()
          column[index] += product
          w = try w.adding(v, scaledBy: -product)
        }
      }
      let (next, length) = try Self.unit(w)
      rows.append(column)
      if length <= 1e-12 * max(column.map(abs).max() ?? 0, 1e-300) || step == size - 1 { break }
      rows[step][step + 1] = length
      basis.append(next)
    }
    let count = rows.count
    let matrix = try Tensor(
      (0..<count).flatMap { row in (0..<count).map { rows[$0][row] } }, shape: [count, count])
    let pairs = try matrix.eigenvalues().realPairs().scalars(Double.self)
    return (0..<count).map { (pairs[2 * $0], pairs[2 * $0 + 1]) }
  }

  /// A vector over its length.
  private static func unit(_ vector: Tensor) throws -> (vector: Tensor, length: Double) {
    let flat = try vector.reshaped([vector.count])
    let length = try flat.norm().scalar()
    return (length > 0 ? try flat / length : flat, length)
  }
}
