import Testing
import TimestepLayers
import TimestepTorch

/// The orthogonal initialiser.
@Suite struct OrthogonalTests {
  private func draw(_ shape: [Int], seed: UInt64 = 3, _ type: DataType = .float64) throws -> Tensor
  {
    let tensor = try Tensor.empty(shape, type)
    try Orthogonal().fill(
      tensor, fans: Fans(input: 1, output: 1), generator: Generator(seed: seed))
    return tensor
  }

  @Test(
    "Rows or columns are orthonormal, whichever are fewer",
    arguments: [
      [40, 300], [300, 40], [64, 64], [1, 7], [7, 1], [1, 1], [16, 3, 3, 3], [96, 2, 3, 3],
      [5, 2, 4],
    ])
  func orthonormal(shape: [Int]) throws {
    let matrix = try draw(shape).reshaped([shape[0], -1])
    let transposed = try matrix.transposed()
    let wide = shape[0] <= matrix.shape[1]
    let product =
      try wide ? matrix.matrixProduct(transposed) : transposed.matrixProduct(matrix)
    let size = product.shape[0]
    let values = try product.scalars(Double.self)
    let worst = values.indices.map { abs(values[$0] - ($0 / size == $0 % size ? 1 : 0)) }.max()
    #expect(size == min(shape[0], matrix.shape[1]))
    #expect(worst ?? 1 <= 1e-12)
  }

  @Test("No sign is preferred: the matrices are distributed evenly among the orthogonal ones")
  func evenly() throws {
    let size = 3
    let draws = 400
    var sums = [Double](repeating: 0, count: size * size)
    for seed in 0..<draws {
      let values = try draw([size, size], seed: UInt64(seed)).scalars(Double.self)
      for (index, value) in values.enumerated() { sums[index] += value }
    }
    // Each element has mean 0 and variance 1 / size.
    let deviation = (1 / Double(size * draws)).squareRoot()
    #expect(sums.allSatisfy { abs($0 / Double(draws)) < 4 * deviation })
  }

  @Test("A float32 tensor gets the rounded values")
  func rounded() throws {
    let wide = try draw([6, 4]).scalars(Float.self)
    #expect(try draw([6, 4], .float32).scalars(Float.self) == wide)
  }
}
