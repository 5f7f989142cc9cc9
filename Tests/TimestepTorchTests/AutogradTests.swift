import Testing
import TimestepTorch

@Suite struct AutogradTests {
  private func leaf(_ values: [Double]) throws -> Tensor {
    let tensor = try Tensor(values)
    try tensor.setRequiresGradient()
    return tensor
  }

  @Test func gradientsAccumulateUntilRemoved() throws {
    let x = try leaf([1, 2])
    #expect(try x.gradient == nil)
    for _ in 0..<3 { try x.square().sum().backward() }
    #expect(try x.gradient?.scalars(Double.self) == [6, 12])
    try x.setGradient(nil)
    #expect(try x.gradient == nil)
    try x.setGradient(Tensor([10, 20] as [Double]))
    try x.square().sum().backward()
    #expect(try x.gradient?.scalars(Double.self) == [12, 24])
  }

  @Test func gradientsOfAnotherShapeOrTypeAreRefused() throws {
    let x = try leaf([1, 2])
    #expect(throws: TensorError.self) { try x.setGradient(Tensor([1.0])) }
    #expect(throws: TensorError.self) { try x.setGradient(Tensor([1, 2] as [Float])) }
    #expect(try x.gradient == nil)
  }

  @Test func backwardTakesAGradient() throws {
    let x = try leaf([1, 2])
    try x.square().backward(Tensor([3, -1] as [Double]))
    #expect(try x.gradient?.scalars(Double.self) == [6, -4])
    let wrong = try tensorError { try x.square().backward(Tensor([1, 2, 3] as [Double])) }
    #expect(wrong.operation == "backward")
    let notScalar = try tensorError { try x.square().backward() }
    #expect(notScalar.message.contains("scalar"))
  }

  @Test func graphsAreFreedUnlessRetained() throws {
    let x = try leaf([1, 2])
    let y = try x.square().sum()
    try y.backward(retainGraph: true)
    try y.backward()
    #expect(throws: TensorError.self) { try y.backward() }
    #expect(try x.gradient?.scalars(Double.self) == [4, 8])
  }

  /// The derivatives of x^3: 3 x^2, then 6 x, then 6.
  @Test func gradientsCanBeDifferentiatedAgain() throws {
    let x = try leaf([2, -1])
    var value = try (x * x * x).sum()
    for expected in [[12, 3], [12, -6], [6, 6]] as [[Double]] {
      let gradient = try #require(
        try Tensor.gradients(of: [value], withRespectTo: [x], createGraph: true)[0])
      #expect(try gradient.scalars(Double.self) == expected)
      value = try gradient.sum()
    }
    #expect(try x.gradient == nil)
  }

  @Test func gradientsOfSeveralOutputs() throws {
    let (x, y, unused) = (try leaf([1, 2]), try leaf([3]), try leaf([0]))
    let outputs = [try x * y, try y.square()]
    let seeds = [try Tensor([1, 10] as [Double]), try Tensor([100] as [Double])]
    let result = try Tensor.gradients(
      of: outputs, seeds: seeds, withRespectTo: [x, y, unused], retainGraph: true)
    #expect(try result[0]?.scalars(Double.self) == [3, 30])
    #expect(try result[1]?.scalars(Double.self) == [621])
    #expect(result[2] == nil)
    let error = try tensorError {
      _ = try Tensor.gradients(of: outputs, seeds: [seeds[0]], withRespectTo: [x])
    }
    #expect(error.operation == "gradients")
    #expect(throws: TensorError.self) {
      try Tensor.gradients(of: outputs, seeds: seeds.reversed(), withRespectTo: [x])
    }
    #expect(throws: TensorError.self) { try Tensor.gradients(of: outputs, withRespectTo: [x]) }
    #expect(throws: TensorError.self) { try Tensor.gradients(of: [], withRespectTo: []) }
  }

  @Test func detachedTensorsShareMemoryButNoGradient() throws {
    let x = try leaf([1, 2])
    let detached = try x.detached()
    #expect(try !detached.requiresGradient && x.requiresGradient)
    try detached.fill(5)
    #expect(try x.scalars(Double.self) == [5, 5])
    #expect(throws: TensorError.self) { try x.fill(0) }
    #expect(throws: TensorError.self) { try Tensor([1, 2]).setRequiresGradient() }
    #expect(throws: TensorError.self) { try x.square().setRequiresGradient(false) }
  }

  @Test func withoutGradientsRestoresTheMode() throws {
    struct Stop: Error {}
    let x = try leaf([1])
    func records() throws -> Bool { try x.square().requiresGradient }
    #expect(try records())
    #expect(try !withoutGradients { try records() })
    #expect(try records())
    #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
    #expect(try records())
    try withoutGradients {
      #expect(throws: Stop.self) { try withoutGradients { throw Stop() } }
      #expect(try !records())
      try x.addInPlace(Tensor([1.0]))
    }
    #expect(try records() && x.scalar() == 2)
  }

  @Test func changedInputsAreNoticed() throws {
    let x = try leaf([1, 2])
    let y = try x * 1
    let z = try y.square().sum()
    try y.fill(0)
    let error = try tensorError { try z.backward() }
    #expect(error.message.contains("inplace operation"))
  }
}
