import Foundation

/// Cells of [0, 1), each cut into two, with values that go on periodically: where stencils of two resolutions are
/// compared.
struct PeriodicGrid {
  /// Coarse cells.
  let cells: Int

  /// `(K u)_i = sum_j taps_j u_{i + j - 1}`
  static func apply(_ taps: [Double], _ u: [Double]) -> [Double] {
    let n = u.count
    return u.indices.map { index in
      let (left, right) = (u[(index + n - 1) % n], u[(index + 1) % n])
      return taps[0] * left + taps[1] * u[index] + taps[2] * right
    }
  }

  /// The mean of both halves of each cell.
  static func restrict(_ u: [Double]) -> [Double] {
    (0..<u.count / 2).map { cell in
      let sum = u[2 * cell] + u[2 * cell + 1]
      return sum / 2
    }
  }

  /// Values at the middles of the halves, linear between the middles of the cells or constant in each cell.
  static func prolong(_ u: [Double], isConstant: Bool) -> [Double] {
    let n = u.count
    var fine: [Double] = []
    for (index, value) in u.enumerated() {
      let (left, right) = (u[(index + n - 1) % n], u[(index + 1) % n])
      fine.append(isConstant ? value : 0.75 * value + 0.25 * left)
      fine.append(isConstant ? value : 0.75 * value + 0.25 * right)
    }
    return fine
  }

  /// The largest entry of `R K_fine P - K_coarse`.
  func galerkinDifference(fine: [Double], coarse: [Double], isConstant: Bool) -> Double {
    var most = 0.0
    for column in 0..<cells {
      var unit = [Double](repeating: 0, count: cells)
      unit[column] = 1
      let mine = Self.restrict(Self.apply(fine, Self.prolong(unit, isConstant: isConstant)))
      for (a, b) in zip(mine, Self.apply(coarse, unit)) { most = max(most, abs(a - b)) }
    }
    return most
  }

  /// The relative difference of both operators on `exp(sin 2 pi x)`, the fine one's result averaged over coarse
  /// cells.
  func smoothDifference(fine: [Double], coarse: [Double]) -> Double {
    func samples(_ count: Int) -> [Double] {
      (0..<count).map { cell in
        let x = (Double(cell) + 0.5) / Double(count)
        return exp(sin(2 * .pi * x))
      }
    }
    let mine = Self.restrict(Self.apply(fine, samples(2 * cells)))
    let its = Self.apply(coarse, samples(cells))
    var (difference, size) = (0.0, 0.0)
    for (a, b) in zip(mine, its) {
      difference += (a - b) * (a - b)
      size += b * b
    }
    return (difference / size).squareRoot()
  }
}
