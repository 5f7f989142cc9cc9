import TimestepTorch

extension FuzzTests {
  static let operations = tensors + shapes + layers + lists

  private static let tensors: [Operation] = [
    .init("creation") { try Tensor.full($0.axes(), $0.real(), $0.pick(DataType.allCases)) },
    .init("empty") { try Tensor.empty($0.axes(), format: $0.pick([.contiguous, .channelsLast])) },
    .init("range") {
      try Tensor.range(
        from: Double($0.small()), to: Double($0.small()), by: $0.pick([0, 1, 0.5, -1, .nan]),
        $0.pick(DataType.allCases))
    },
    .init("cast") { try $0.tensor().cast(to: $0.pick(DataType.allCases)) },
    .init("contiguous") { try $0.tensor().contiguous($0.pick([.contiguous, .channelsLast])) },
    .init("scalars") {
      let tensor = try $0.tensor()
      _ = try tensor.scalars(Double.self)
      _ = try tensor.scalars(UInt8.self)
      _ = try tensor.scalar()
      return tensor
    },
    .init("in place") {
      let tensor = try $0.tensor()
      switch $0.pick([0, 1, 2, 3, 4]) {
      case 0: try tensor.fill($0.real())
      case 1: try tensor.copyInPlace(from: $0.tensor())
      case 2: try tensor.addInPlace($0.tensor(), scaledBy: $0.real())
      case 3: try tensor.multiplyInPlace(by: $0.real())
      default: try tensor.reluInPlace()
      }
      return tensor
    },
    .init("arithmetic") {
      let (a, b) = (try $0.tensor(), try $0.tensor())
      switch $0.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      case 0: return try a + b
      case 1: return try a * b
      case 2: return try a / b
      case 3: return try a.power(b)
      case 4: return try a.maximum(b)
      case 5: return try a.minimum(b)
      case 6: return try a.power($0.real())
      case 7: return try a.clamped($0.real(), $0.real())
      case 8: return try a.maximum($0.real())
      case 9: return try a.replacing(b, where: $0.tensor())
      default: return try a.less(b)
      }
    },
    .init("functions") {
      let a = try $0.tensor()
      let functions: [(Tensor) -> () throws -> Tensor] = [
        Tensor.absolute, Tensor.conjugate, Tensor.realPart, Tensor.imaginaryPart, Tensor.cosine,
        Tensor.sine, Tensor.inverseErrorFunction, Tensor.exponential, Tensor.logarithm,
        Tensor.reciprocal, Tensor.relu, Tensor.sigmoid, Tensor.sign, Tensor.squareRoot,
        Tensor.square, Tensor.tanh, Tensor.isFinite, Tensor.logicalNot, Tensor.all, Tensor.any,
        Tensor.realPairs, Tensor.complexFromPairs, Tensor.singularValues, Tensor.eigenvalues,
      ]
      return try $0.pick(functions)(a)()
    },
    .init("reductions") {
      let a = try $0.tensor()
      let reductions: [(Tensor) -> ([Int], Bool) throws -> Tensor] = [
        Tensor.sum, Tensor.mean, Tensor.variance, Tensor.standardDeviation, Tensor.norm,
        Tensor.logSumExp, Tensor.max, Tensor.min,
      ]
      return try $0.pick(reductions)(a)($0.axes(), $0.pick([true, false]))
    },
    .init("places") {
      let tensor = try $0.tensor()
      return try $0.pick([Tensor.argmax, Tensor.argmin])(tensor)(
        $0.number(), $0.pick([true, false]))
    },
    .init("topK") { try $0.tensor().topK($0.number()).values },
    .init("wrapping") {
      let memory = WrappedMemory([Double](repeating: 1, count: 8))
      let shape = $0.axes()
      return try memory.tensor(shape, strides: shape.map { _ in 0 })
    },
  ]

  private static let shapes: [Operation] = [
    .init("reshaped") { try $0.tensor().reshaped($0.axes()) },
    .init("flattened") { try $0.tensor().flattened(from: $0.number()) },
    .init("permuted") { try $0.tensor().permuted($0.axes()) },
    .init("transposed") { try $0.tensor().transposed() },
    .init("expanded") { try $0.tensor().expanded($0.axes()) },
    .init("sliced") {
      let start = $0.small()
      return try $0.tensor().sliced(
        start..<(start + $0.pick([0, 1, 4])), axis: $0.number(), step: $0.number())
    },
    .init("selected") { try $0.tensor().selected($0.number(), axis: $0.number()) },
    .init("gathered") { try $0.tensor().gathered($0.integers(), axis: $0.number()) },
    .init("squeezed") { try $0.tensor().squeezed($0.number()) },
    .init("unsqueezed") { try $0.tensor().unsqueezed($0.number()) },
    .init("flipped") { try $0.tensor().flipped($0.axes()) },
    .init("padded") {
      try $0.tensor().padded([($0.small(), $0.small()), ($0.number(), $0.small())])
    },
    .init("concatenated") {
      try Tensor.concatenated([$0.tensor(), $0.tensor()], axis: $0.number())
    },
    .init("stacked") {
      let tensor = try $0.tensor()
      return try Tensor.stacked($0.pick([[], [tensor], [tensor, tensor]]), axis: $0.number())
    },
    .init("matrixProduct") { try $0.tensor().matrixProduct($0.tensor()) },
    .init("einsum") {
      let equation = $0.pick([
        "ij,jk->ik", "i,i", "...i,...i->...", "ii", "->", "a1,b", "ij,jk->", "",
      ])
      return try Tensor.einsum(equation, $0.pick([[], [$0.tensor()], [$0.tensor(), $0.tensor()]]))
    },
    .init("fourier") {
      let (tensor, height, width) = (try $0.tensor(), $0.small(), $0.small())
      switch $0.pick([0, 1, 2, 3]) {
      case 0: return try tensor.fourierTransform2D(height, width)
      case 1: return try tensor.inverseFourierTransform2D(height, width)
      case 2: return try tensor.realFourierTransform2D(height, width)
      default: return try tensor.inverseRealFourierTransform2D(height, width)
      }
    },
    .init("svd") { try $0.tensor().singularValueDecomposition().vh },
    .init("hermitianEigen") { try $0.tensor().hermitianEigen().values },
    .init("qr") { try $0.tensor().orthogonalFactorization().r },
    .init("solve") { try $0.tensor().solve($0.tensor()) },
  ]

  private static let layers: [Operation] = [
    .init("convolution1D") {
      let (x, weight, bias) = try $0.convolution($0.pick([1, 1, 1, 2]))
      return try x.convolution1D(weight, bias: bias, $0.options())
    },
    .init("convolution2D") {
      let (x, weight, bias) = try $0.convolution($0.pick([2, 2, 2, 1]))
      return try x.convolution2D(weight, bias: bias, $0.options())
    },
    .init("convolutionTranspose1D") {
      let (x, weight, bias) = try $0.convolution(1, transposed: true)
      return try x.convolutionTranspose1D(
        weight, bias: bias, $0.options(), outputPadding: $0.small())
    },
    .init("convolutionTranspose2D") {
      let (x, weight, bias) = try $0.convolution(2, transposed: true)
      return try x.convolutionTranspose2D(
        weight, bias: bias, $0.options(), outputPadding: $0.small())
    },
    .init("batchNormalized") {
      let shape = $0.shape()
      let width = [$0.pick([shape.count > 1 ? shape[1] : 1, 2])]
      let training = $0.pick([true, false])
      return try $0.tensor(shape).batchNormalized(
        scale: $0.pick([nil, $0.tensor(width)]), shift: $0.pick([nil, $0.tensor(width)]),
        runningMean: $0.pick([nil, $0.tensor(width).detached()]),
        runningVariance: $0.pick([nil, $0.tensor(width).detached()]), training: training,
        momentum: $0.real(), epsilon: $0.real())
    },
    .init("groupNormalized") {
      let shape = $0.shape()
      let width = [$0.pick([shape.count > 1 ? shape[1] : 1, 2])]
      return try $0.tensor(shape).groupNormalized(
        groups: $0.pick([1, 2, 3, $0.number()]), scale: $0.pick([nil, $0.tensor(width)]),
        shift: $0.pick([nil, $0.tensor(width)]))
    },
    .init("pooling") {
      let tensor = try $0.tensor(($0.pick([0, 1]) == 0 ? [2] : [2, 3]) + [$0.length(), 5])
      let (kernel, stride, padding) = ($0.small(), $0.small(), $0.small())
      switch $0.pick([0, 1, 2, 3]) {
      case 0: return try tensor.maxPool1D(kernel, stride: stride, padding: padding)
      case 1: return try tensor.maxPool2D(kernel, stride: stride, padding: padding)
      case 2: return try tensor.averagePool1D(kernel, stride: stride, padding: padding)
      default: return try tensor.averagePool2D(kernel, stride: stride, padding: padding)
      }
    },
    .init("adaptive pooling") {
      let tensor = try $0.tensor([2, $0.length(), $0.length(), $0.length()])
      let size = $0.axes().map { Swift.min($0, 10) }
      return try $0.pick([Tensor.adaptiveAveragePool, Tensor.adaptiveMaxPool])(tensor)(size)
    },
    .init("linear") {
      let width = $0.length()
      return try $0.tensor($0.shape() + [width]).linear(
        $0.tensor([$0.length(), width]), bias: $0.pick([nil, $0.tensor()]))
    },
    .init("embedding") {
      try $0.tensor([$0.length(), 2]).embedding($0.integers(), padding: $0.pick([nil, 0, 9, -7]))
    },
    .init("softmax") {
      try $0.pick([Tensor.softmax, Tensor.logSoftmax])($0.tensor())($0.number())
    },
    .init("crossEntropy") {
      let labels = try $0.integers()
      return try $0.tensor([labels.count, $0.length()]).crossEntropy(
        $0.pick([labels, $0.tensor()]))
    },
    .init("meanSquaredError") { try $0.tensor().meanSquaredError($0.tensor()) },
  ]

  private static let lists: [Operation] = [
    .init("gradients") {
      let (a, b) = (try $0.tensor(), try $0.tensor())
      return try Tensor.gradients(
        of: [a * 2], seeds: $0.pick([nil, [b], [Tensor.ones(a.shape, .float64)]]),
        withRespectTo: $0.pick([[a], [a, b]]), createGraph: true)[0]
    },
    .init("setGradient") {
      let (a, b) = (try $0.tensor(), try $0.tensor())
      try a.setGradient(b)
      return try a.square()
    },
    .init("Foreach") {
      let (a, b, c) = (try $0.tensor().detached(), try $0.tensor(), try $0.tensor().detached())
      switch $0.pick([0, 1, 2, 3]) {
      case 0: try Foreach.add([a, c], [c, b], scaledBy: $0.real())
      case 1:
        try Foreach.sgdStep(
          parameters: [a], gradients: [$0.pick([b, a.copied()])],
          momenta: [$0.pick([c, a.copied()])], rate: $0.real(), momentum: 0.5,
          weightDecay: $0.real(), nesterov: true, firstStep: $0.pick([true, false]))
      case 2:
        try Foreach.adamStep(
          parameters: [a], gradients: [$0.pick([b, a.copied()])],
          firstMoments: [$0.pick([c, a.copied()])], secondMoments: [a.copied()],
          step: $0.number(), rate: $0.real(), beta1: 0.9, beta2: $0.real(), epsilon: 1e-8,
          weightDecay: 0)
      default: return try Foreach.norms([a, b, c])[1]
      }
      return a
    },
    .init("Generator") {
      let generator = try Generator(seed: 1)
      let tensor = try $0.tensor().detached()
      switch $0.pick([0, 1, 2, 3]) {
      case 0: try generator.fillUniform(tensor, $0.real(), $0.real())
      case 1: try generator.fillNormal(tensor, mean: $0.real(), deviation: $0.real())
      case 2: try generator.fillBernoulli(tensor, probability: $0.real())
      default: return try generator.permutation($0.small())
      }
      return tensor
    },
  ]
}
