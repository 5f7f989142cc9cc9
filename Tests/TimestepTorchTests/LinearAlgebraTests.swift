import Foundation
import Testing
import TimestepTorch

@Suite struct LinearAlgebraTests {
  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64 = 7) throws -> Tensor {
    var random = SplitMix(seed)
    return try random.tensor([rows, columns])
  }

  private func identity(_ size: Int) throws -> Tensor {
    let values = (0..<size * size).map { $0 % (size + 1) == 0 ? 1.0 : 0.0 }
    return try Tensor(values, shape: [size, size])
  }

  /// A transform and its inverse give the signal back; the spectrum has the energy of the signal (Parseval).
  @Test(arguments: [[4, 6], [5, 7], [1, 8]]) func fourierTransforms(_ size: [Int]) throws {
    var random = SplitMix(1)
    let (height, width) = (size[0], size[1])
    let signal = try random.tensor([2, height, width])
    let points = Double(height * width)

    let spectrum = try signal.fourierTransform2D(height, width)
    #expect(try spectrum.dataType == .complex128)
    let back = try spectrum.inverseFourierTransform2D(height, width)
    try expectClose(back.realPart(), signal)
    #expect(try back.imaginaryPart().absolute().max().scalar() < 1e-14)
    let energy = try signal.square().sum()
    try expectClose(spectrum.absolute().square().sum() / points, energy)

    let half = try signal.realFourierTransform2D(height, width)
    #expect(half.shape == [2, height, width / 2 + 1])
    try expectClose(half, spectrum.sliced(0..<width / 2 + 1, axis: 2))
    try expectClose(half.inverseRealFourierTransform2D(height, width), signal)
    try expectClose(
      spectrum.realPart().selected(0, axis: 2).selected(0, axis: 1),
      signal.sum([1, 2]))
  }

  /// A shorter signal is padded with zeros, a longer one cut.
  @Test func fourierTransformsOfAnotherSize() throws {
    let signal = try matrix(3, 4)
    let padded = try signal.padded([(0, 1), (0, 2)])
    try expectClose(signal.fourierTransform2D(5, 5), padded.fourierTransform2D(5, 5))
    let cut = try signal.sliced(0..<2).sliced(0..<3, axis: 1)
    try expectClose(signal.realFourierTransform2D(2, 3), cut.realFourierTransform2D(2, 3))
  }

  @Test(arguments: [[5, 3], [3, 5], [4, 4]]) func singularValues(_ size: [Int]) throws {
    let a = try matrix(size[0], size[1])
    let (u, s, vh) = try a.singularValueDecomposition()
    try expectClose((u * s).matrixProduct(vh), a)
    let rank = min(size[0], size[1])
    #expect(u.shape == [size[0], rank] && vh.shape == [rank, size[1]])
    try expectClose(u.transposed().matrixProduct(u), identity(rank))
    try expectClose(vh.matrixProduct(vh.transposed()), identity(rank))
    try expectClose(a.singularValues(), s)
    let values = try s.scalars(Double.self)
    #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
    try expectClose(s.norm(), a.norm())
  }

  @Test func eigenvaluesOfARotationAreOnTheUnitCircle() throws {
    let angle = 0.7
    let rotation = try Tensor(
      [cos(angle), -sin(angle), sin(angle), cos(angle)], shape: [2, 2])
    let values = try rotation.eigenvalues()
    #expect(try values.dataType == .complex128)
    try expectClose(values.absolute(), Tensor([1, 1] as [Double]))
    try expectClose(values.realPart(), Tensor([cos(angle), cos(angle)]))
    let imaginary = try values.imaginaryPart().scalars(Double.self).sorted()
    #expect(relativeDifference(imaginary, [-sin(angle), sin(angle)]) < 1e-14)
  }

  @Test func eigenvectorsOfASymmetricMatrix() throws {
    let a = try matrix(5, 5)
    let symmetric = try a + a.transposed()
    let (values, vectors) = try symmetric.hermitianEigen()
    try expectClose(symmetric.matrixProduct(vectors), vectors * values)
    try expectClose(vectors.transposed().matrixProduct(vectors), identity(5))
    let ascending = try values.scalars(Double.self)
    #expect(ascending == ascending.sorted())
    let general = try symmetric.eigenvalues().realPart().scalars(Double.self)
    #expect(relativeDifference(general.sorted(), ascending) < 1e-12)
  }

  @Test func solve() throws {
    let a = try matrix(4, 4) + identity(4) * 2
    let x = try matrix(4, 3, seed: 8)
    try expectClose(a.solve(a.matrixProduct(x)), x)
    let vector = try x.selected(0, axis: 1)
    try expectClose(a.solve(a.matrixProduct(vector)), vector)
    let singular = try tensorError { _ = try Tensor.ones([2, 2]).solve(Tensor.ones([2])) }
    #expect(singular.operation == "solve" && singular.message.contains("singular"))
  }

  @Test(arguments: [[5, 3], [3, 5]]) func orthogonalFactorization(_ size: [Int]) throws {
    let a = try matrix(size[0], size[1])
    let (q, r) = try a.orthogonalFactorization()
    try expectClose(q.matrixProduct(r), a)
    try expectClose(q.transposed().matrixProduct(q), identity(min(size[0], size[1])))
    for row in 1..<r.shape[0] {
      #expect(try r.selected(row).sliced(0..<row).absolute().max().scalar() == 0)
    }
  }

  /// The transposed convolution is the adjoint: `<A x, y> = <x, A* y>`.
  @Test func transposedConvolutionIsTheAdjoint() throws {
    var random = SplitMix(9)
    let options = ConvolutionOptions(stride: 2, padding: 1)
    let weight = try random.tensor([4, 3, 3, 3])
    let x = try random.tensor([2, 3, 7, 6])
    let forward = try x.convolution2D(weight, options)
    let y = try random.tensor(forward.shape)
    // With output padding the adjoint is one larger along the odd axis, where the convolution reached the end.
    let adjoint = try y.convolutionTranspose2D(weight, options, outputPadding: 1)
      .sliced(0..<7, axis: 2).sliced(0..<6, axis: 3)
    let difference = try (forward * y).sum() - (x * adjoint).sum()
    #expect(try abs(difference.scalar()) < 1e-12)
  }

  @Test func einsumIsTheMatrixProduct() throws {
    let (a, b) = (try matrix(3, 4), try matrix(4, 2, seed: 2))
    try expectClose(Tensor.einsum("ij,jk->ik", [a, b]), a.matrixProduct(b))
    let error = try tensorError { _ = try Tensor.einsum("ij,ij", [a, b]) }
    #expect(error.operation == "einsum" && error.operands.count == 2)
  }
}
