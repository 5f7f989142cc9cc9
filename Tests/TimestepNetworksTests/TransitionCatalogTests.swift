import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Every kind of transition, with and without batch norm.
struct TransitionSubject: Sendable, CustomTestStringConvertible {
  static let all: [TransitionSubject] = TransitionCatalog.all.filter {
    $0.states == [.images]
  }.flatMap { definition in
    [true, false].map { TransitionSubject(definition: definition, batchNorm: $0) }
  }

  let definition: any TransitionDefinition
  let batchNorm: Bool

  var testDescription: String {
    "\(definition.name), \(batchNorm ? "batch norm" : "no batch norm")"
  }

  func make(
    from inputs: Int = 2, to outputs: Int = 5, stride: Int = 2, in store: ParameterStore
  ) throws -> Transition {
    try definition.make(
      ParameterPath.root / "t", in: store, from: inputs, to: outputs, stride: stride,
      style: FieldStyle(batchNorm: batchNorm, bias: false))
  }
}

/// What holds for all transitions of the catalog, and the values of those without weights.
@Suite struct TransitionCatalogTests {
  @Test("The value has the traced shape, that of a strided field", arguments: TransitionSubject.all)
  func shapes(subject: TransitionSubject) throws {
    for (stride, size) in [
      (1, [4, 3]), (2, [6, 4]), (2, [7, 5]), (2, [1, 1]), (3, [7, 6]), (3, [8, 2]),
    ] {
      let store = ParameterStore(dataType: .float64)
      let map = try subject.make(stride: stride, in: store).map
      var table = LayerTable()
      let traced = try map.trace([2] + size, &table)
      #expect(traced == [5] + size.map { ($0 - 1) / stride + 1 })
      let input = try Tensor.normal([3, 2] + size, seed: 1)
      let before = try input.copied()
      for pass in [ForwardPass.training, .evaluation] {
        #expect(try map(input, pass).shape == [3] + traced)
      }
      #expect(try input.isIdentical(to: before))
      #expect(table.parameters == store.trainableCount)
      #expect(table.rows.last?.outputShape == traced)
      #expect(store.all.allSatisfy { $0.path.hasPrefix("t.") })
      #expect(throws: ShapeError.self) {
        var table = LayerTable()
        return try map.trace([4] + size, &table)
      }
    }
  }

  @Test("A stage with the transition has the shape of its trace", arguments: TransitionSubject.all)
  func stages(subject: TransitionSubject) throws {
    let store = ParameterStore(dataType: .float64)
    let transition = try subject.make(in: store)
    let path = ParameterPath.root / "stage"
    let first =
      transition.place == .before
      ? FieldShape(inputs: 5) : FieldShape(inputs: 2, outputs: 5, stride: 2)
    let style = FieldStyle(batchNorm: subject.batchNorm, bias: false)
    let fields = try [first, FieldShape(inputs: 5)].enumerated().map { index, shape in
      try BasicField(path / "steps" / index / "field", in: store, shape: shape, style: style)
    }
    let stage = try Stage(
      path, scheme: ForwardEuler(), grid: TimeGrid(steps: 2, size: 1), activation: .relu,
      transition: transition, fields: fields)
    var table = LayerTable()
    #expect(try stage.trace([2, 7, 6], &table) == [5, 4, 3])
    #expect(try stage(.normal([2, 2, 7, 6], seed: 2), .training).shape == [2, 5, 4, 3])
  }

  @Test("Learned numbers", arguments: TransitionSubject.all)
  func parameters(subject: TransitionSubject) throws {
    let store = ParameterStore()
    _ = try subject.make(from: 16, to: 32, in: store)
    let convolution = 16 * 32
    let expected: [String: (with: Int, without: Int)] = [
      "projection": (convolution + 64, convolution),
      "pre-activated": (convolution + 32, convolution), "zero-padding": (0, 0), "pooling": (0, 0),
      "connector": (convolution + 64, convolution), "norm-preserving": (convolution, convolution),
    ]
    let counts = try #require(expected[subject.definition.name])
    #expect(store.trainableCount == (subject.batchNorm ? counts.with : counts.without))
  }

  @Test("The projection without norm")
  func withoutNorm() throws {
    let store = ParameterStore()
    _ = try TransitionCatalog.definition(named: "projection:norm=no").make(
      ParameterPath.root / "t", in: store, from: 2, to: 3, stride: 2,
      style: FieldStyle(batchNorm: true, bias: false))
    #expect(store.all.map(\.path) == ["t.conv.weight"])
  }

  @Test("Every stride-th pixel, then zeros")
  func zeroPadding() throws {
    let map = try ZeroPaddingTransition(ParameterPath.root / "t", from: 1, to: 3, stride: 2)
    let image = try Tensor((0..<15).map(Double.init), shape: [1, 1, 3, 5])
    let value = try map(image, .training)
    #expect(value.shape == [1, 3, 2, 3])
    #expect(
      try value.scalars(Double.self) == [0, 2, 4, 10, 12, 14] + [Double](repeating: 0, count: 12))
    let same = try ZeroPaddingTransition(ParameterPath.root / "t", from: 1, to: 1, stride: 1)
    #expect(try same(image, .training).isIdentical(to: image))
  }

  @Test("Means of windows, then zeros; windows at the end take what there is")
  func pooling() throws {
    let map = try PoolingTransition(ParameterPath.root / "t", from: 1, to: 2, stride: 2)
    let image = try Tensor((0..<15).map(Double.init), shape: [1, 1, 3, 5])
    let expected = [3, 5, 6.5, 10.5, 12.5, 14] + [Double](repeating: 0, count: 6)
    #expect(try map(image, .training).scalars(Double.self) == expected)
    let even = try map(image.sliced(0..<2, axis: 2).sliced(0..<4, axis: 3), .training)
    #expect(try even.scalars(Double.self) == [3, 5, 0, 0])
    let three = try PoolingTransition(ParameterPath.root / "t", from: 1, to: 1, stride: 3)
    let ones = try three(Tensor.ones([1, 1, 7, 5], .float64), .training)
    #expect(try (ones - 1).absolute().max().scalar() < 1e-15)
  }

  @Test("Maps that append zeros cannot take channels away")
  func fewerChannels() throws {
    for name in ["zero-padding", "pooling"] {
      let definition = try TransitionCatalog.definition(named: name)
      let error = #expect(throws: ShapeError.self) {
        try definition.make(
          ParameterPath.root / "stages" / 1 / "transition", in: ParameterStore(), from: 8, to: 4,
          stride: 2, style: FieldStyle())
      }
      #expect(
        error?.description
          == "stages.1.transition: channels of zeros cannot lead from 8 to 4 channels with stride 2; "
          + "a transition with a convolution can")
    }
  }

  @Test("Gradients against central differences", arguments: TransitionSubject.all)
  func gradients(subject: TransitionSubject) throws {
    let store = ParameterStore(seed: 2, dataType: .float64)
    let map = try subject.make(in: store).map
    let input = try Tensor.normal([3, 2, 5, 4], seed: 6)
    try input.setRequiresGradient()
    let tensors = [input] + store.trainable.map(\.value)
    let weights = try Tensor.normal(map(input, .training).shape, seed: 7)
    func loss() throws -> Tensor { try (map(input, .training) * weights).sum() }
    let gradients = try Tensor.gradients(of: [loss()], withRespectTo: tensors)
      .map { try #require($0) }
    for seed in 0..<3 as Range<UInt64> {
      let directions = try tensors.enumerated().map { index, tensor in
        try Tensor.normal(tensor.shape, seed: 100 * (seed + 1) + UInt64(index))
      }
      let slope = try zip(gradients, directions).reduce(0) { try $0 + ($1.0 * $1.1).sum().scalar() }
      let starts = try tensors.map { try $0.detached().copied() }
      func moved(by distance: Double) throws -> Double {
        try withoutGradients {
          for (index, tensor) in tensors.enumerated() {
            try tensor.copyInPlace(
              from: starts[index].adding(directions[index], scaledBy: distance))
          }
          return try loss().scalar()
        }
      }
      let step = 1e-6
      let difference = try (moved(by: step) - moved(by: -step)) / (2 * step)
      _ = try moved(by: 0)
      #expect(abs(slope - difference) <= 1e-6 * max(1, abs(difference)))
    }
  }
}
