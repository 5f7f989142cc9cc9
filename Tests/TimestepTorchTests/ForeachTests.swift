import Foundation
import Testing
import TimestepTorch

@Suite struct ForeachTests {
  private static let shapes = [[3, 4], [5], [], [2, 3, 3, 3]]

  private func tensors(_ seed: UInt64) throws -> [Tensor] {
    var random = SplitMix(seed)
    return try Self.shapes.map { try random.tensor($0) }
  }

  private func values(_ tensors: [Tensor]) throws -> [Double] {
    try tensors.flatMap { try $0.scalars(Double.self) }
  }

  @Test(arguments: [0, 0.9], [0, 0.05])
  func sgdStep(_ momentum: Double, _ weightDecay: Double) throws {
    for nesterov in momentum == 0 ? [false] : [false, true] {
      let parameters = try tensors(1)
      let momenta = try tensors(2)
      var p = try values(parameters)
      var m = try values(momenta)
      for step in 0..<5 {
        let gradients = try tensors(UInt64(10 + step))
        let before = try values(gradients)
        try Foreach.sgdStep(
          parameters: parameters, gradients: gradients, momenta: momenta, rate: 0.1,
          momentum: momentum, weightDecay: weightDecay, nesterov: nesterov, firstStep: step == 0)
        #expect(try values(gradients) == before)
        for i in p.indices {
          let g = before[i] + weightDecay * p[i]
          if momentum == 0 {
            p[i] -= 0.1 * g
          } else {
            m[i] = step == 0 ? g : momentum * m[i] + g
            p[i] -= 0.1 * (nesterov ? g + momentum * m[i] : m[i])
          }
        }
        #expect(try relativeDifference(values(parameters), p) < 1e-12)
        #expect(try relativeDifference(values(momenta), m) < 1e-12)
      }
    }
  }

  @Test(arguments: [0, 0.05]) func adamStep(_ weightDecay: Double) throws {
    let parameters = try tensors(1)
    let first = try tensors(1).map { try $0 * 0 }
    let second = try first.map { try $0.copied() }
    var p = try values(parameters)
    var m = p.map { _ in 0.0 }
    var v = m
    let (rate, beta1, beta2, epsilon) = (0.01, 0.9, 0.999, 1e-8)
    for step in 1...5 {
      let gradients = try tensors(UInt64(10 + step))
      try Foreach.adamStep(
        parameters: parameters, gradients: gradients, firstMoments: first, secondMoments: second,
        step: step, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
        weightDecay: weightDecay)
      for (i, gradient) in try values(gradients).enumerated() {
        let g = gradient + weightDecay * p[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        let mean = m[i] / (1 - pow(beta1, Double(step)))
        let square = v[i] / (1 - pow(beta2, Double(step)))
        p[i] -= rate * mean / (square.squareRoot() + epsilon)
      }
      #expect(try relativeDifference(values(parameters), p) < 1e-12)
      #expect(try relativeDifference(values(first), m) < 1e-12)
      #expect(try relativeDifference(values(second), v) < 1e-12)
    }
  }

  /// A gradient in another memory order than its parameter is the same gradient.
  @Test func memoryOrderDoesNotMatter() throws {
    var random = SplitMix(4)
    let values = try random.tensor([2, 3, 2, 2])
    let gradient = try random.tensor([2, 3, 2, 2])
    let matrix = try random.tensor([3, 2])
    func step(_ p: Tensor, _ g: Tensor) throws -> Tensor {
      let m = try p * 0
      let v = try p * 0
      try Foreach.sgdStep(
        parameters: [p], gradients: [g], momenta: [m], rate: 0.1, momentum: 0.9, weightDecay: 0.1,
        nesterov: true, firstStep: true)
      try Foreach.adamStep(
        parameters: [p], gradients: [g], firstMoments: [m], secondMoments: [v], step: 1,
        rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0)
      return p
    }
    let expected = try step(values.copied(), gradient)
    let last = try gradient.contiguous(.channelsLast)
    try expectClose(step(values.copied(), last), expected)
    try expectClose(step(values.contiguous(.channelsLast), gradient), expected)
    try expectClose(step(values.contiguous(.channelsLast), last), expected)
    try expectClose(
      step(matrix.copied(), matrix.transposed().contiguous().transposed()),
      step(matrix.copied(), matrix))
    let wide = try Tensor.zeros([3, 4], .float64)
    let strided = try wide.sliced(0..<4, axis: 1, step: 2)
    try strided.copyInPlace(from: matrix)
    try expectClose(step(strided, matrix), step(matrix.copied(), matrix))
    #expect(try wide.selected(1, axis: 1).scalars(Double.self) == [0, 0, 0])
    try expectClose(
      step(matrix.copied(), matrix.sum().expanded([3, 2])),
      step(matrix.copied(), matrix.sum().expanded([3, 2]).contiguous()))
  }

  /// The fused kernels walk through memory; a list that does not fit must not reach them.
  @Test func unequalShapesAreRefused() throws {
    let p = try Tensor.ones([4, 4])
    let small = try Tensor.ones([2])
    let double = try Tensor.ones([4, 4], .float64)
    for (parameter, gradient, moment) in [
      (p, small, p), (p, p, small), (small, p, p), (p, double, p), (p, p, double),
      (p, p, try p.transposed().selected(0)), (try Tensor.ones([]).expanded([4, 4]), p, p),
    ] {
      let sgd = try tensorError {
        try Foreach.sgdStep(
          parameters: [parameter], gradients: [gradient], momenta: [moment.copied()], rate: 0.1,
          momentum: 0.9, weightDecay: 0, nesterov: false, firstStep: false)
      }
      #expect(sgd.operation == "sgdStep")
      let adam = try tensorError {
        try Foreach.adamStep(
          parameters: [parameter], gradients: [gradient], firstMoments: [moment],
          secondMoments: [moment], step: 1, rate: 0.1, beta1: 0.9, beta2: 0.9, epsilon: 1e-8,
          weightDecay: 0)
      }
      #expect(adam.operation == "adamStep")
    }
    let counts = try tensorError {
      try Foreach.sgdStep(
        parameters: [p, p], gradients: [p], momenta: [], rate: 0.1, momentum: 0, weightDecay: 0,
        nesterov: false, firstStep: true)
    }
    #expect(counts.message.contains("[2, 1]"))
    #expect(throws: TensorError.self) { try Foreach.add([p], []) }
    #expect(throws: TensorError.self) { try Foreach.add([p], [Tensor.ones([3])]) }
  }

  @Test func addMultiplyNorms() throws {
    let a = try tensors(1)
    let b = try tensors(2)
    let (x, y) = (try values(a), try values(b))
    try Foreach.add(a, b, scaledBy: 0.5)
    #expect(try relativeDifference(values(a), zip(x, y).map { $0 + 0.5 * $1 }) < 1e-14)
    try Foreach.multiply(b, by: -3)
    #expect(try relativeDifference(values(b), y.map { -3 * $0 }) < 1e-14)
    let norms = try Foreach.norms(a)
    for (norm, tensor) in zip(norms, a) { try expectClose(norm, tensor.norm()) }
    #expect(try Foreach.norms([]).isEmpty)
    try Foreach.add([], [])
    try Foreach.multiply([], by: 2)
  }

  @Test func leavesThatRequireGradientsAreStepped() throws {
    let p = try Tensor([1, 2] as [Double])
    try p.setRequiresGradient()
    try p.square().sum().backward()
    let gradient = try #require(try p.gradient)
    try Foreach.sgdStep(
      parameters: [p], gradients: [gradient], momenta: [], rate: 0.25, momentum: 0,
      weightDecay: 0, nesterov: false, firstStep: true)
    #expect(try p.scalars(Double.self) == [0.5, 1] && p.requiresGradient)
  }
}
