import Testing
import TimestepTorch

@Suite(.serialized) struct MemoryTests {
  /// One training step of a small network; returns the bytes it has allocated for activations alone.
  private func step() throws -> Int {
    let x = try Tensor.full([16, 8, 32, 32], 0.5)
    let weight = try Tensor.full([16, 8, 3, 3], 0.01)
    let scale = try Tensor.ones([16])
    let table = try Tensor.full([10, 16], 0.1)
    for parameter in [weight, scale, table] { try parameter.setRequiresGradient() }
    let convolved = try x.convolution2D(weight, .init(padding: 1))
    let normalized = try convolved.batchNormalized(
      scale: scale, shift: nil, runningMean: nil, runningVariance: nil, training: true)
    let active = try (normalized + 0.1).relu()
    let logits = try active.mean([2, 3]).linear(table)
    let loss = try logits.crossEntropy(Tensor([Int](repeating: 3, count: 16)))
    try loss.backward()
    let parts = try [weight, scale, table].map { try #require(try $0.gradient) }
    try Foreach.add([weight.detached()], [parts[0]], scaledBy: -0.1)
    return [x, convolved, normalized, active, active].reduce(0) { $0 + 4 * $1.count }
  }

  /// A loop allocates more than a gigabyte and ends where it began: what goes out of scope is freed.
  @Test func aGigabyteIsFreed() throws {
    for _ in 0..<20 { _ = try step() }
    let before = try residentMemory()
    var total = 0
    while total < 1_500_000_000 { total += try step() }
    let growth = try residentMemory() - before
    #expect(growth < 24_000_000, "\(growth) bytes more after allocating \(total)")
  }

  /// Many small tensors, in graphs, views and lists.
  @Test func smallTensorsAreFreed() throws {
    func round() throws {
      var random = SplitMix(3)
      for operation in DifferentiableOperation.all {
        let inputs = try operation.shapes.map { try random.tensor($0, operation.range) }
        for input in inputs { try input.setRequiresGradient() }
        try operation.apply(inputs).sum().backward()
        _ = try Foreach.norms(inputs)
        _ = try Tensor.gradients(
          of: [operation.apply(inputs).sum()], withRespectTo: inputs, createGraph: true)
      }
    }
    for _ in 0..<10 { try round() }
    let before = try residentMemory()
    for _ in 0..<100 { try round() }
    let growth = try residentMemory() - before
    #expect(growth < 8_000_000, "\(growth) bytes more")
  }

  /// What a program keeps for its next step it gives back when it asks for that; neither touches what is in use, and a
  /// tensor that fits nowhere is said to fit nowhere.
  @Test func largeTensorsArePooled() throws {
    defer { try? Torch.keepFreedMemory() }
    let older = try Tensor.ones([1000, 1000])
    try Torch.keepFreedMemory()
    let before = try residentMemory()
    func fill() throws { _ = try (0..<50).map { try Tensor.full([2_000_000], Double($0)) } }
    try fill()
    let kept = try residentMemory() - before
    #expect(kept > 390_000_000, "\(kept)")
    try fill()
    let again = try residentMemory() - before
    #expect(again < kept + 8_000_000, "\(again)")
    let young = try Tensor.full([1_000_000], 2)
    for memory in [Torch.keepFreedMemory, Torch.returnFreedMemory] {
      try memory()
      let error = try tensorError { _ = try Tensor.empty([1 << 45]) }
      #expect(error.isOutOfMemory, "\(error)")
    }
    let left = try residentMemory() - before
    #expect(left < 24_000_000, "\(left)")
    #expect(try (older.sum() + young.sum()).scalar() == 3_000_000)
  }

  @Test func failingOperationsKeepNothing() throws {
    let memory = WrappedMemory([Double](repeating: 1, count: 6))
    do {
      let a = try memory.tensor([2, 3])
      for _ in 0..<10 {
        #expect(throws: TensorError.self) { try a.matrixProduct(a) }
        #expect(throws: TensorError.self) { try a.convolution2D(a, bias: a) }
        #expect(throws: TensorError.self) { try Tensor.concatenated([a, a.selected(0)]) }
        #expect(throws: TensorError.self) { try a.backward() }
        #expect(throws: TensorError.self) { try Tensor.gradients(of: [a], withRespectTo: [a]) }
        #expect(throws: TensorError.self) { try a.singularValueDecomposition().vh.solve(a) }
        #expect(throws: TensorError.self) { try Foreach.add([a], [a.transposed()]) }
        #expect(throws: TensorError.self) { try a.scalar() }
      }
    }
    #expect(memory.releaseCount == 1)

    let a = try Tensor.ones([100, 100])
    let b = try Tensor.ones([99, 100])
    for _ in 0..<500 { #expect(throws: TensorError.self) { try a.matrixProduct(b) } }
    let before = try residentMemory()
    for _ in 0..<20_000 {
      do {
        _ = try (a + 1).matrixProduct(b)
        Issue.record("a product of unequal lengths")
      } catch is TensorError {}
    }
    let growth = try residentMemory() - before
    #expect(growth < 4_000_000, "\(growth) bytes more")
  }

  @Test func wrappedMemoryIsReleasedOnce() throws {
    let memory = WrappedMemory([1, 2, 3, 4, 5, 6])
    var slice: Tensor?
    do {
      let whole = try memory.tensor([2, 3])
      #expect(try whole.scalars(Double.self) == [1, 2, 3, 4, 5, 6])
      try whole.fill(7)
      slice = try whole.selected(1, axis: 1)
    }
    #expect(memory.releaseCount == 0)
    #expect(try slice?.scalars(Double.self) == [7, 7])
    slice = nil
    #expect(memory.releaseCount == 1)
  }

  @Test func wrappedMemoryHasStrides() throws {
    let memory = WrappedMemory([1, 2, 3, 4, 5, 6])
    do {
      let columns = try memory.tensor([3, 2], strides: [1, 3])
      #expect(try columns.scalars(Double.self) == [1, 4, 2, 5, 3, 6])
      #expect(try !columns.isContiguous())
      #expect(throws: TensorError.self) { try columns.withMutableBytes { _ in } }
    }
    #expect(memory.releaseCount == 1)
    let empty = WrappedMemory([])
    do { #expect(try empty.tensor([0, 3]).count == 0) }
    #expect(empty.releaseCount == 1)
  }

  /// When the tensor cannot be made, the memory stays with the caller.
  @Test func refusedMemoryIsNotReleased() throws {
    for (shape, strides) in [
      ([2, -3], [3, 1]), ([2, 3], [-3, 1]), ([2], [1, 1]), ([1 << 40, 1 << 40], [1, 1]),
      ([2, 2], [Int.max, 1]), ([1 << 40, 1 << 40], [0, 0]),
    ] {
      let memory = WrappedMemory([1, 2, 3, 4, 5, 6])
      #expect(throws: TensorError.self, "\(shape) \(strides)") {
        try memory.tensor(shape, strides: strides)
      }
      #expect(memory.releaseCount == 0, "\(shape) \(strides)")
    }
  }
}
