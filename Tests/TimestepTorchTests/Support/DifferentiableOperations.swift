import TimestepTorch

/// A differentiable operation with inputs at which it is smooth.
struct DifferentiableOperation: Sendable, CustomStringConvertible {
  let description: String
  /// The inputs' shapes.
  let shapes: [[Int]]
  /// Where the inputs' elements are.
  let range: ClosedRange<Double>
  let apply: @Sendable ([Tensor]) throws -> Tensor

  init(
    _ name: String, _ shapes: [Int]..., in range: ClosedRange<Double> = -1...1,
    _ apply: @escaping @Sendable ([Tensor]) throws -> Tensor
  ) {
    (description, self.shapes, self.range, self.apply) = (name, shapes, range, apply)
  }

  /// Every operation that can be differentiated, mostly at places without kinks.
  static let all: [DifferentiableOperation] =
    elementwise + reductions + rearrangements + neural
    + linearAlgebra

  private static let positive = 0.5...2.0

  private static let elementwise: [DifferentiableOperation] = [
    .init("adding", [2, 3], [3]) { try $0[0].adding($0[1], scaledBy: 0.3) },
    .init("+", [2, 3], [2, 1]) { try $0[0] + $0[1] },
    .init("-", [2, 3], [1, 3]) { try $0[0] - $0[1] },
    .init("*", [2, 3], [3]) { try $0[0] * $0[1] },
    .init("/", [2, 3], [3], in: positive) { try $0[0] / $0[1] },
    .init("with numbers", [3]) { try -((2 * $0[0] + 3) / 4 - 1) * 5 },
    .init("power of a number", [4], in: positive) { try $0[0].power(2.5) },
    .init("power", [4], [4], in: positive) { try $0[0].power($0[1]) },
    .init("maximum", [5], [5]) { try $0[0].maximum($0[1]) },
    .init("minimum", [5], [5]) { try $0[0].minimum($0[1]) },
    .init("maximum of a number", [5]) { try $0[0].maximum(0.1) },
    .init("minimum of a number", [5]) { try $0[0].minimum(0.1) },
    .init("clamped", [9]) { try $0[0].clamped(-0.4, 0.5) },
    .init("replacing", [2, 3], [3]) { try $0[0].replacing($0[1], where: $0[0].greater($0[1])) },
    .init("absolute", [5]) { try $0[0].absolute() },
    .init("cosine", [5]) { try $0[0].cosine() },
    .init("sine", [5]) { try $0[0].sine() },
    .init("inverseErrorFunction", [5], in: -0.7...0.7) { try $0[0].inverseErrorFunction() },
    .init("exponential", [5]) { try $0[0].exponential() },
    .init("logarithm", [5], in: positive) { try $0[0].logarithm() },
    .init("reciprocal", [5], in: positive) { try $0[0].reciprocal() },
    .init("relu", [9]) { try $0[0].relu() },
    .init("reluInPlace", [9]) {
      let x = try $0[0] * 1.5
      try x.reluInPlace()
      return x
    },
    .init("addInPlace, multiplyInPlace", [4], [4]) {
      let x = try $0[0] * 1.5
      try x.addInPlace($0[1], scaledBy: -0.5)
      try x.multiplyInPlace(by: 0.7)
      return x
    },
    .init("sigmoid", [5]) { try $0[0].sigmoid() },
    .init("sign", [5]) { try $0[0].sign() * $0[0] },
    .init("squareRoot", [5], in: positive) { try $0[0].squareRoot() },
    .init("square", [5]) { try $0[0].square() },
    .init("tanh", [5]) { try $0[0].tanh() },
    .init("einsum", [2, 3], [3, 4], [4]) { try Tensor.einsum("ij,jk,k->ik", $0) },
  ]

  private static let reductions: [DifferentiableOperation] = [
    .init("sum", [2, 3]) { try $0[0].sum() },
    .init("sum over axes", [2, 3, 4]) { try $0[0].sum([0, -1], keepAxes: true) },
    .init("mean", [2, 3, 4]) { try $0[0].mean([1]) },
    .init("variance", [2, 3, 4]) { try $0[0].variance([0, 2]) },
    .init("standardDeviation", [2, 5]) { try $0[0].standardDeviation([1], keepAxes: true) },
    .init("norm", [2, 5]) { try $0[0].norm([1]) },
    .init("logSumExp", [2, 5]) { try $0[0].logSumExp([0]) },
    .init("max", [3, 5]) { try $0[0].max([1]) },
    .init("min", [3, 5]) { try $0[0].min() },
    .init("topK", [3, 5]) { try $0[0].topK(2).values },
  ]

  private static let rearrangements: [DifferentiableOperation] = [
    .init("reshaped", [2, 6]) { try $0[0].reshaped([3, -1]).square() },
    .init("flattened", [2, 3, 2]) { try $0[0].flattened(from: 1).square() },
    .init("permuted", [2, 3, 4]) { try $0[0].permuted([2, 0, 1]) },
    .init("transposed", [2, 3, 4]) { try $0[0].transposed() },
    .init("expanded", [2, 1]) { try $0[0].expanded([2, 4]) },
    .init("sliced", [5, 4]) { try $0[0].sliced(1..<5, step: 2).sliced(0..<3, axis: 1) },
    .init("selected", [3, 4]) { try $0[0].selected(2, axis: 1) },
    .init("gathered", [3, 4]) { try $0[0].gathered(Tensor([2, 0, 2]), axis: 1) },
    .init("squeezed, unsqueezed", [3, 1, 2]) { try $0[0].squeezed(1).unsqueezed(0) },
    .init("flipped", [3, 2]) { try $0[0].flipped([0, 1]) },
    .init("padded", [3, 2]) {
      try $0[0].padded([(before: 1, after: 2), (before: -1, after: 0)], value: 4)
    },
    .init("concatenated", [2, 3], [1, 3]) { try Tensor.concatenated($0) },
    .init("stacked", [2, 3], [2, 3]) { try Tensor.stacked($0, axis: 1) },
    .init("complexFromPairs, realPairs", [3, 2]) {
      let z = try $0[0].complexFromPairs()
      return try (z * z).conjugate().realPairs()
    },
    .init("realPart, imaginaryPart", [3, 2]) {
      let z = try $0[0].complexFromPairs().conjugate().exponential()
      return try z.realPart() * z.imaginaryPart()
    },
    .init("contiguous(.channelsLast), copied", [2, 3, 2, 2]) {
      try $0[0].contiguous(.channelsLast).copied().square()
    },
    .init("copyInPlace", [3], [3]) {
      let x = try $0[0] * 1
      try x.sliced(0..<2).copyInPlace(from: $0[1].sliced(1..<3))
      return try x.square()
    },
  ]

  private static let neural: [DifferentiableOperation] = [
    .init("convolution1D", [2, 4, 7], [4, 2, 3], [4]) {
      try $0[0].convolution1D(
        $0[1], bias: $0[2], .init(stride: 2, padding: 2, dilation: 2, groups: 2))
    },
    .init("convolution2D", [2, 2, 5, 4], [3, 2, 3, 3], [3]) {
      try $0[0].convolution2D($0[1], bias: $0[2], .init(stride: 2, padding: 1))
    },
    .init("convolutionTranspose1D", [2, 2, 4], [2, 3, 3], [3]) {
      try $0[0].convolutionTranspose1D(
        $0[1], bias: $0[2], .init(stride: 2, padding: 1), outputPadding: 1)
    },
    .init("convolutionTranspose2D", [1, 2, 3, 3], [2, 1, 3, 3], [2]) {
      try $0[0].convolutionTranspose2D($0[1], bias: $0[2], .init(stride: 2, padding: 1, groups: 2))
    },
    .init("batchNormalized in training", [4, 3, 2, 2], [3], [3]) {
      try $0[0].batchNormalized(
        scale: $0[1], shift: $0[2], runningMean: nil, runningVariance: nil, training: true)
    },
    .init("batchNormalized in evaluation", [4, 3], [3], [3]) {
      try $0[0].batchNormalized(
        scale: $0[1], shift: $0[2], runningMean: Tensor([0.1, 0.2, 0.3]),
        runningVariance: Tensor([0.5, 1, 2]), training: false)
    },
    .init("groupNormalized", [2, 4, 3], [4], [4]) {
      try $0[0].groupNormalized(groups: 2, scale: $0[1], shift: $0[2])
    },
    .init("maxPool1D", [2, 2, 7]) { try $0[0].maxPool1D(3, stride: 2, padding: 1) },
    .init("maxPool2D", [1, 2, 5, 4]) { try $0[0].maxPool2D(2, stride: 2) },
    .init("averagePool1D", [2, 2, 7]) { try $0[0].averagePool1D(3, stride: 2) },
    .init("averagePool2D", [1, 2, 5, 4]) { try $0[0].averagePool2D(3, stride: 2, padding: 1) },
    .init("adaptiveAveragePool", [2, 2, 5, 4]) { try $0[0].adaptiveAveragePool([3, 1]) },
    .init("adaptiveAveragePool of one axis", [2, 2, 5]) { try $0[0].adaptiveAveragePool([3]) },
    .init("adaptiveMaxPool", [2, 2, 5, 4]) { try $0[0].adaptiveMaxPool([2, 3]) },
    .init("adaptiveMaxPool of one axis", [2, 2, 5]) { try $0[0].adaptiveMaxPool([3]) },
    .init("linear", [2, 3, 4], [5, 4], [5]) { try $0[0].linear($0[1], bias: $0[2]) },
    .init("embedding", [4, 3]) { try $0[0].embedding(Tensor([3, 0, 3])) },
    .init("softmax", [2, 5]) { try $0[0].softmax(1) },
    .init("logSoftmax", [2, 5]) { try $0[0].logSoftmax(0) },
    .init("crossEntropy", [4, 3]) { try $0[0].crossEntropy(Tensor([0, 2, 1, 1])) },
    .init("meanSquaredError", [4, 3], [4, 3]) { try $0[0].meanSquaredError($0[1]) },
  ]

  private static let linearAlgebra: [DifferentiableOperation] = [
    .init("matrixProduct", [2, 3, 4], [4, 2]) { try $0[0].matrixProduct($0[1]) },
    .init("fourierTransform2D", [3, 4, 2]) {
      try $0[0].complexFromPairs().fourierTransform2D(4, 4).realPairs()
    },
    .init("inverseFourierTransform2D", [3, 4, 2]) {
      try $0[0].complexFromPairs().inverseFourierTransform2D(3, 3).realPairs()
    },
    .init("realFourierTransform2D", [2, 3, 4]) {
      try $0[0].realFourierTransform2D(4, 5).realPairs()
    },
    .init("inverseRealFourierTransform2D", [3, 4]) {
      try $0[0].realFourierTransform2D(3, 4).inverseRealFourierTransform2D(3, 4)
    },
    .init("singularValues", [4, 3]) { try $0[0].singularValues() },
    .init("singularValueDecomposition", [4, 3]) {
      let (u, s, vh) = try $0[0].singularValueDecomposition()
      return try (u * s.square()).matrixProduct(vh)
    },
    .init("eigenvalues", [3, 3]) { try $0[0].eigenvalues().square().sum().realPart() },
    .init("hermitianEigen", [3, 3]) {
      let (values, vectors) = try ($0[0] + $0[0].transposed()).hermitianEigen()
      return try (vectors * values.exponential()).matrixProduct(vectors.transposed())
    },
    .init("solve", [3, 3], [3, 2]) { try $0[0].solve($0[1]) },
    .init("orthogonalFactorization", [4, 3]) {
      let (q, r) = try $0[0].orthogonalFactorization()
      return try q.square().matrixProduct(r.square())
    },
  ]
}
