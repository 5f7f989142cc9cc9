import Testing
import TimestepLayers
import TimestepTorch

/// Layers of sequences, and pooling of sequences and images.
@Suite struct SequenceLayerTests {
  private let root = ParameterPath.root / "layer"

  private func random(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(tensor)
    return tensor
  }

  @Test("Convolutions of sequences: the traced shape is the real one", arguments: 1...5, 1...3)
  func shapes(kernel: Int, stride: Int) throws {
    let store = ParameterStore()
    let layer = try Convolution1D(
      root, in: store, from: 2, to: 4, kernel: kernel, stride: stride, groups: 2, bias: true)
    for length in [0, 1, 2, 3, 8, 13] {
      var table = LayerTable()
      let traced = try? layer.trace([2, length], &table)
      let real = try? layer(Tensor.zeros([5, 2, length]), .evaluation).shape
      #expect(traced == real.map { Array($0.dropFirst()) }, "\(length)")
      guard let traced else { continue }
      #expect(table.parameters == store.trainableCount)
      #expect(table.multiplyAdds == 4 * kernel * traced[1])
    }
    for shape in [[2], [3, 8], [2, 8, 8], [2, -1], [2, Int.max]] {
      var table = LayerTable()
      #expect(throws: ShapeError.self) { try layer.trace(shape, &table) }
    }
  }

  @Test("A convolution of sequences is the cross-correlation with zeros around")
  func value() throws {
    let layer = try Convolution1D(
      root, in: ParameterStore(dataType: .float64), from: 1, to: 1, kernel: 3, bias: true)
    let weight = try layer.weight.value.scalars(Double.self)
    let bias = try #require(layer.bias).value.scalar()
    let x = [1.0, -2, 4, 0.5]
    let values = try layer(Tensor(x, shape: [1, 1, 4]), .training).scalars(Double.self)
    for (index, value) in values.enumerated() {
      let sum = (0..<3).reduce(bias) { sum, tap in
        let place = index + tap - 1
        return x.indices.contains(place) ? sum + weight[tap] * x[place] : sum
      }
      #expect(abs(value - sum) < 1e-14)
    }
    let error = #expect(throws: ShapeError.self) {
      try Convolution1D(
        root, in: ParameterStore(), from: 4, to: 3, kernel: 3, groups: 2, bias: true)
    }
    #expect(
      error?.description
        == "layer: a 3-tap convolution from 4 to 3 channels in 2 groups with stride 1 does not exist"
    )
  }

  @Test("An embedding looks up rows; the padding's is zero and gets no gradient")
  func embedding() throws {
    let store = ParameterStore(dataType: .float64)
    let layer = try Embedding(root, in: store, symbols: 5, width: 3)
    let symbols = try Tensor([0, 4, 1, 4] as [Int64], shape: [1, 4])
    let value = try layer(symbols, .training)
    #expect(value.shape == [1, 3, 4])
    let table = try layer.weight.value.scalars(Double.self)
    let values = try value.scalars(Double.self)
    for (place, symbol) in [0, 4, 1, 4].enumerated() {
      for channel in 0..<3 {
        #expect(values[4 * channel + place] == table[3 * symbol + channel])
      }
    }
    #expect(table[..<3].allSatisfy { $0 == 0 } && table[3...].allSatisfy { $0 != 0 })
    try value.sum().backward()
    let gradient = try #require(try layer.weight.value.gradient).scalars(Double.self)
    #expect(gradient == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2])
    var rows = LayerTable()
    #expect(try layer.trace([4], &rows) == [3, 4])
    #expect(rows.parameters == 15 && store.trainableCount == 15)
    for shape in [[], [0], [2, 4]] {
      #expect(throws: ShapeError.self) { try layer.trace(shape, &rows) }
    }
    #expect(throws: TensorError.self) {
      try layer(Tensor([5] as [Int64], shape: [1, 1]), .training)
    }
    #expect(throws: ShapeError.self) {
      try Embedding(root, in: ParameterStore(), symbols: 5, width: 3, padding: 5)
    }
    #expect(throws: ShapeError.self) {
      try Embedding(root, in: ParameterStore(), symbols: 0, width: 3, padding: nil)
    }
  }

  @Test("The rows of an embedding begin as standard normal numbers, whatever the initialiser")
  func embeddingStart() throws {
    let store = ParameterStore(dataType: .float64, initializer: HeNormal())
    let layer = try Embedding(root, in: store, symbols: 500, width: 40, padding: nil)
    #expect(abs(try layer.weight.value.standardDeviation().scalar() - 1) < 0.02)
  }

  @Test("Pooling: the traced shape is the real one", arguments: PoolingKind.allCases, 1...4)
  func pooling(kind: PoolingKind, kernel: Int) throws {
    for stride in 1...3 {
      for padding in 0...kernel / 2 {
        let layer = try Pooling(root, kind, kernel: kernel, stride: stride, padding: padding)
        for shape in [[2, 1], [2, 8], [2, 9], [2, 5, 8], [2, 1, 3]] {
          var table = LayerTable()
          let traced = try? layer.trace(shape, &table)
          let real = try? layer(random([3] + shape), .training).shape
          #expect(traced == real.map { Array($0.dropFirst()) }, "\(shape)")
          #expect(table.parameters == 0)
        }
      }
    }
  }

  @Test("Pooling: values")
  func poolingValues() throws {
    let x = try Tensor([1.0, -2, 4, 0.5, -7], shape: [1, 1, 5])
    // VDCNN's: windows of three, every second, padded on both sides.
    let largest = try Pooling(root, .max, kernel: 3, stride: 2, padding: 1)
    #expect(try largest(x, .training).scalars(Double.self) == [1, 4, 0.5])
    let mean = try Pooling(root, .average, kernel: 3, stride: 2, padding: 1)
    #expect(try mean(x, .training).scalars(Double.self) == [-0.5, 2.5 / 3, -3.25])
    let image = try Tensor((0..<16).map(Double.init), shape: [1, 1, 4, 4])
    #expect(
      try Pooling(root, .average, kernel: 2)(image, .training).scalars(Double.self)
        == [2.5, 4.5, 10.5, 12.5])
    #expect(
      try AdaptivePooling(root, .max, size: [2])(x, .training).scalars(Double.self) == [4, 4])
    #expect(
      try AdaptivePooling(root, .average, size: [1, 1])(image, .training).scalars(Double.self)
        == [7.5])
  }

  @Test("Adaptive pooling gives its size, whatever the input's", arguments: PoolingKind.allCases)
  func adaptive(kind: PoolingKind) throws {
    for (size, inputs) in [
      ([8], [[2, 8], [2, 3], [2, 21]]), ([2, 3], [[2, 5, 4], [2, 1, 1]]),
    ] {
      let layer = try AdaptivePooling(root, kind, size: size)
      for shape in inputs {
        var table = LayerTable()
        #expect(try layer.trace(shape, &table) == [2] + size)
        #expect(try layer(random([3] + shape), .training).shape == [3, 2] + size)
      }
      var table = LayerTable()
      for shape in [[2], [2, 4, 4, 4], size.count == 1 ? [2, 4, 4] : [2, 4]] {
        #expect(throws: ShapeError.self) { try layer.trace(shape, &table) }
        #expect(throws: ShapeError.self) { try layer(random([3] + shape), .training) }
      }
    }
  }

  @Test("Poolings that do not exist")
  func impossible() {
    for (kernel, stride, padding) in [(0, 1, 0), (2, 0, 0), (2, 1, 2), (3, 1, -1), (Int.max, 1, 0)]
    {
      #expect(throws: ShapeError.self) {
        try Pooling(root, .max, kernel: kernel, stride: stride, padding: padding)
      }
    }
    for size in [[], [0], [1, 1, 1], [Int.max]] {
      #expect(throws: ShapeError.self) { try AdaptivePooling(root, .max, size: size) }
    }
  }
}
