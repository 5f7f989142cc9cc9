import Testing
import TimestepLayers
import TimestepTorch

/// Layers that cannot be, and inputs that layers do not accept: errors that name the layer.
@Suite struct ShapeErrorTests {
  private static let impossible = [-1, 0, Int.min, Int.max]

  private func convolution(
    from inputs: Int = 2, to outputs: Int = 2, kernel: Int = 3, stride: Int = 1, groups: Int = 1
  ) throws {
    _ = try Convolution2D(
      ParameterPath.root / "conv", in: ParameterStore(), from: inputs, to: outputs,
      kernel: kernel, stride: stride, groups: groups, bias: true)
  }

  @Test("Sizes that no layer has", arguments: impossible)
  func sizes(size: Int) {
    let makers: [() throws -> Void] = [
      { try self.convolution(from: size) },
      { try self.convolution(to: size) },
      { try self.convolution(kernel: size) },
      { try self.convolution(stride: size) },
      { try self.convolution(groups: size) },
      { _ = try Linear(ParameterPath.root / "l", in: ParameterStore(), from: size, to: 1) },
      { _ = try Linear(ParameterPath.root / "l", in: ParameterStore(), from: 1, to: size) },
      { _ = try BatchNorm(ParameterPath.root / "n", in: ParameterStore(), channels: size) },
    ]
    for make in makers {
      let error = #expect(throws: ShapeError.self) { try make() }
      #expect(error?.description.contains("\(size)") == true)
    }
  }

  @Test("Groups that do not divide the channels")
  func groups() {
    let error = #expect(throws: ShapeError.self) { try convolution(from: 4, to: 3, groups: 2) }
    #expect(
      error?.description
        == "conv: a 3x3 convolution from 4 to 3 channels in 2 groups with stride 1 does not exist")
  }

  @Test(
    "Inputs of another shape",
    arguments: [[], [3], [3, 4, 4], [2, 4], [2, 4, 4, 4], [2, -1, 4]])
  func inputs(shape: [Int]) throws {
    let store = ParameterStore()
    let root = ParameterPath.root
    let layers: [any Layer] = [
      try Convolution2D(root / "conv", in: store, from: 2, to: 2, kernel: 3, bias: true),
      try Linear(root / "linear", in: store, from: 2, to: 2),
    ]
    for layer in layers {
      var table = LayerTable()
      let error = #expect(throws: ShapeError.self) { try layer.trace(shape, &table) }
      #expect(error?.description.contains("\(shape)") == true)
      #expect(table.rows.isEmpty)
    }
  }

  @Test("Lengths whose arithmetic would overflow")
  func overflow() throws {
    let layer = try Convolution2D(
      ParameterPath.root / "conv", in: ParameterStore(), from: 2, to: 2, kernel: 3, bias: true)
    for shape in [[2, Int.max, 1], [2, Int.max - 1, Int.max - 1], [2, 1 << 40, 1 << 40]] {
      var table = LayerTable()
      #expect(throws: ShapeError.self) { try layer.trace(shape, &table) }
    }
  }

  @Test("Batch normalisation of other channels")
  func channels() throws {
    let norm = try BatchNorm(ParameterPath.root / "norm", in: ParameterStore(), channels: 3)
    var table = LayerTable()
    let error = #expect(throws: ShapeError.self) { try norm.trace([2, 4, 4], &table) }
    #expect(error?.description == "norm: expects 3 channels, the input is [2, 4, 4]")
    #expect(throws: TensorError.self) { try norm(Tensor.zeros([1, 2, 4, 4]), .training) }
  }
}
