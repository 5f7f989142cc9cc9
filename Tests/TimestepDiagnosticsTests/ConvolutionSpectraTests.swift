import Foundation
import Testing
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Singular values of convolutions, against closed forms and against whole matrices.
@Suite struct ConvolutionSpectraTests {
  private func convolution(
    _ inputShape: [Int], stride: Int = 1, padding: Int = 1, groups: Int = 1,
    isPeriodic: Bool = false
  ) -> LayerTable.Convolution {
    var table = LayerTable()
    table.add(
      convolution: ParameterPath.root / "conv", from: inputShape, to: [],
      ConvolutionOptions(stride: stride, padding: padding, groups: groups), isPeriodic: isPeriodic)
    return table.convolutions[0]
  }

  private func dense(_ map: LinearOperator) throws -> [Double] {
    try map.matrix().singularValues().scalars(Double.self)
  }

  private func distance(_ one: [Double], _ other: [Double]) -> Double {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  @Test("The sum of neighbours on a circle has the values |1 + 2 cos(2 pi k / n)|")
  func neighbours() throws {
    let n = 12
    let values = try #require(
      try CircularSpectrum.singularValues(
        Tensor([1, 1, 1] as [Double], shape: [1, 1, 3]), size: [n]))
    let expected = (0..<n).map { abs(1 + 2 * cos(2 * Double.pi * Double($0) / Double(n))) }
    #expect(distance(values, expected.sorted(by: >)) < 1e-12)
  }

  @Test("The Laplacian of images on a torus has the values 4 sin^2 + 4 sin^2")
  func torusLaplacian() throws {
    let kernel = try Tensor([0, -1, 0, -1, 4, -1, 0, -1, 0] as [Double], shape: [1, 1, 3, 3])
    let (height, width) = (6, 5)
    let values = try #require(
      try CircularSpectrum.singularValues(kernel, size: [height, width]))
    func part(_ k: Int, _ n: Int) -> Double {
      let sine = sin(Double.pi * Double(k) / Double(n))
      return 4 * sine * sine
    }
    let expected = (0..<height).flatMap { k in (0..<width).map { part(k, height) + part($0, width) }
    }
    #expect(distance(values, expected.sorted(by: >)) < 1e-12)
  }

  @Test(
    "The Laplacian of sequences with zeros around has the values 2 - 2 cos(pi k / (n + 1)), by Lanczos"
  )
  func paddedLaplacian() throws {
    let n = 64
    let map = try LinearOperator(
      convolution([1, n]), weight: Tensor([-1, 2, -1] as [Double], shape: [1, 1, 3]))
    let expected = (1...n).map { 2 - 2 * cos(Double.pi * Double($0) / Double(n + 1)) }
    #expect(distance(try dense(map), expected.sorted(by: >)) < 1e-12)
    let found = try LanczosBidiagonalization()(map)
    #expect(found.isConverged)
    #expect(abs(found.largest - (expected.max() ?? 0)) < 1e-10)
    #expect(abs(found.smallest - (expected.min() ?? 0)) < 1e-10)
  }

  @Test("A kernel 1x1 has the values of its matrix, once for each pixel")
  func pointwise() throws {
    let kernel = try Drawn.normal([3, 5, 1, 1], seed: 1)
    let values = try #require(try CircularSpectrum.singularValues(kernel, size: [4, 2]))
    let matrix = try kernel.reshaped([3, 5]).singularValues().scalars(Double.self)
    #expect(distance(values, matrix.flatMap { [Double](repeating: $0, count: 8) }) < 1e-12)
  }

  @Test(
    "By Fourier transform and from the whole matrix: the same within 1e-6",
    arguments: [
      // d, c, k, height, width, stride, groups
      [3, 2, 3, 6, 5, 1, 1], [2, 4, 5, 6, 8, 1, 1], [4, 2, 3, 6, 4, 2, 1], [6, 4, 3, 6, 6, 3, 2],
      [2, 3, 1, 4, 6, 2, 1], [4, 4, 3, 5, 4, 1, 4], [2, 2, 5, 4, 3, 1, 1],
    ])
  func fourier(sizes: [Int]) throws {
    let (d, c, k, stride, groups) = (sizes[0], sizes[1], sizes[2], sizes[5], sizes[6])
    let size = [sizes[3], sizes[4]]
    let kernel = try Drawn.normal([d, c / groups, k, k], seed: 7)
    let values = try #require(
      try CircularSpectrum.singularValues(kernel, size: size, stride: stride, groups: groups))
    let map = try LinearOperator(
      convolution(
        [c] + size, stride: stride, padding: (k - 1) / 2, groups: groups, isPeriodic: true),
      weight: kernel)
    #expect(values.count == min(map.rows, map.columns))
    #expect(distance(values, try dense(map)) < 1e-6)
  }

  @Test("A stride that does not divide the map has no spectrum on the torus")
  func indivisible() throws {
    let kernel = try Drawn.normal([2, 2, 3, 3], seed: 1)
    #expect(try CircularSpectrum.singularValues(kernel, size: [5, 4], stride: 2) == nil)
    #expect(throws: ShapeError.self) {
      try CircularSpectrum.singularValues(kernel, size: [5])
    }
  }

  @Test(
    "Lanczos on a strided convolution with zeros around: the whole matrix's values within 1e-4",
    arguments: [
      // d, c, k, height, width, stride, groups
      [6, 4, 3, 16, 15, 2, 1], [4, 6, 3, 14, 14, 2, 2], [5, 3, 5, 18, 12, 3, 1],
      [8, 4, 1, 14, 14, 2, 1],
    ])
  func strided(sizes: [Int]) throws {
    let (d, c, k, stride, groups) = (sizes[0], sizes[1], sizes[2], sizes[5], sizes[6])
    let map = try LinearOperator(
      convolution(
        [c, sizes[3], sizes[4]], stride: stride, padding: (k - 1) / 2, groups: groups),
      weight: Drawn.normal([d, c / groups, k, k], seed: 3))
    let expected = try dense(map)
    var lanczos = LanczosBidiagonalization()
    lanczos.steps = 200
    let found = try lanczos(map)
    #expect(abs(found.largest / expected[0] - 1) < 1e-4)
    // A kernel 1x1 with stride 2 has singular values that are 0.
    let smallest = expected[expected.count - 1]
    #expect(abs(found.smallest - smallest) < 1e-4 * smallest + 1e-12 * expected[0])
    #expect(found.isConverged)
    #expect(found.steps <= min(200, expected.count))
    // The residual says how far a value is from one of the matrix's at most.
    for (value, residual) in zip(found.values, found.residuals) {
      let nearest = expected.map { abs($0 - value) }.min() ?? .infinity
      #expect(nearest <= residual + 1e-9)
    }
    let power = try PowerIteration()(map)
    // Where the two largest are near each other it needs more steps, and says so.
    #expect(abs(power.norm / expected[0] - 1) < 1e-4 && power.norm < expected[0] * (1 + 1e-12))
  }

  @Test("Few steps give values inside the spectrum, and say that they are not converged")
  func unconverged() throws {
    let map = try LinearOperator(
      convolution([4, 12, 12]), weight: Drawn.normal([4, 4, 3, 3], seed: 2))
    let expected = try dense(map)
    var lanczos = LanczosBidiagonalization()
    lanczos.steps = 6
    let found = try lanczos(map)
    #expect(!found.isConverged && found.steps == 6)
    #expect(found.largest <= expected[0] && found.smallest >= expected[expected.count - 1])
    var power = PowerIteration()
    power.steps = 5
    let norm = try power(map)
    #expect(!norm.isConverged && norm.norm <= expected[0] && norm.norm > 0.5 * expected[0])
  }

  @Test("Operators of low rank, and the zero operator")
  func degenerate() throws {
    let column = try Drawn.normal([30, 2], seed: 1)
    let matrix = try column.matrixProduct(Drawn.normal([2, 20], seed: 2))
    let map = try LinearOperator(
      linear: { try $0.matrixProduct(matrix.transposed()) }, from: [20])
    let expected = try matrix.singularValues().scalars(Double.self)
    let found = try LanczosBidiagonalization()(map)
    #expect(found.isConverged)
    #expect(abs(found.largest - expected[0]) < 1e-9 && found.smallest < 1e-9)
    let zero = try LinearOperator(linear: { try $0 * 0 }, from: [20])
    #expect(try LanczosBidiagonalization()(zero).largest == 0)
    #expect(try PowerIteration()(zero).norm == 0)
  }

  @Test("The methods agree where more than one is possible")
  func methods() throws {
    let map = try LinearOperator(
      convolution([3, 10, 10], stride: 2), weight: Drawn.normal([4, 3, 3, 3], seed: 9))
    let matrix = try OperatorExtremes(of: map)
    var limits = OperatorExtremes.Limits()
    limits.matrix = 10
    let lanczos = try OperatorExtremes(of: map, limits: limits)
    limits.bytes = 1000
    let power = try OperatorExtremes(of: map, limits: limits)
    #expect([matrix.method, lanczos.method, power.method] == [.matrix, .lanczos, .power])
    #expect(abs(lanczos.largest / matrix.largest - 1) < 1e-6)
    #expect(abs(power.largest / matrix.largest - 1) < 1e-4)
    let smallest = try #require(matrix.smallest)
    #expect(abs(try #require(lanczos.smallest) / smallest - 1) < 1e-4)
    #expect(power.smallest == nil)
  }

  @Test("A network's convolutions: place, shape, both spectra")
  func diagnostic() throws {
    let context = try Subjects.images("preresnet-8", widths: [2, 3, 4])
    let network = try context.requiredNetwork()
    let result = try SingularValues()(context)
    let table = try #require(result.table("singular-values"))
    let weights = network.parameters.trainable.filter { $0.value.rank == 4 }
    #expect(table.rows.count == weights.count && weights.count == 9)
    #expect(
      Set(table["path"].compactMap(\.text)) == Set(weights.map { String($0.path.dropLast(7)) }))
    #expect(table.refusals("is_converged").all == weights.count)
    // The stem by hand.
    let stem = try #require(network.table.convolutions.first)
    let expected = try dense(
      LinearOperator(stem, weight: try #require(network.parameters["\(stem.path).weight"]).value))
    #expect(abs(table.numbers("largest")[0] / expected[0] - 1) < 1e-6)
    for (padded, torus) in zip(table.numbers("largest"), table.numbers("circular_largest")) {
      // Padding cuts a piece out of a larger torus: never more than its sup, and near it.
      #expect(padded > 0.5 * torus && padded < 1.5 * torus)
    }
    for plot in result.plots { _ = try plot.specification(result.tables) }
    #expect(throws: DiagnosticError.self) { try SingularValues()(try Subjects.points()) }
  }
}
