import Testing
import TimestepLayers
import TimestepTorch

/// Parameters by path: how they begin, and that names are unique.
@Suite struct ParameterStoreTests {
  private func values(
    of path: String, in store: ParameterStore, shape: [Int] = [4, 5]
  ) throws -> [Double] {
    let parameter = try store.parameter(
      ParameterPath.root / path, shape: shape, fans: Fans(input: 5, output: 4))
    return try parameter.value.scalars(Double.self)
  }

  @Test("A parameter begins alike whatever the other layers are")
  func independent() throws {
    let alone = try values(of: "b", in: ParameterStore(seed: 5, dataType: .float64))
    let store = ParameterStore(seed: 5, dataType: .float64)
    let other = try values(of: "a", in: store)
    #expect(try values(of: "b", in: store) == alone)
    #expect(other != alone)
  }

  @Test("Another seed gives other values")
  func seeds() throws {
    let first = try values(of: "a", in: ParameterStore(seed: 5))
    #expect(try values(of: "a", in: ParameterStore(seed: 5)) == first)
    #expect(try values(of: "a", in: ParameterStore(seed: 6)) != first)
  }

  @Test("Precisions agree to rounding", arguments: InitializerCatalog.all.indices)
  func rounded(index: Int) throws {
    let initializer = InitializerCatalog.all[index]
    func values(_ type: DataType) throws -> Tensor {
      let store = ParameterStore(seed: 7, dataType: type, initializer: initializer)
      return try store.parameter(
        ParameterPath.root / "w", shape: [8, 3, 3, 3], fans: Fans(input: 27, output: 72)
      ).value
    }
    let double = try values(.float64)
    let single = try values(.float32)
    #expect(try single.dataType == .float32)
    #expect(try single.scalars(Float.self) == double.scalars(Double.self).map { Float($0) })
  }

  @Test("The store keeps the order, tells what is learned and counts it")
  func order() throws {
    let store = ParameterStore()
    let root = ParameterPath.root
    let linear = try Linear(root / "first", in: store, from: 3, to: 2)
    _ = try BatchNorm(root / "second", in: store, channels: 2)
    #expect(
      store.all.map(\.path) == [
        "first.weight", "first.bias", "second.weight", "second.bias", "second.running_mean",
        "second.running_var",
      ])
    #expect(store.trainable.count == 4)
    #expect(store.trainableCount == 3 * 2 + 2 + 2 + 2)
    #expect(store["first.weight"] === linear.weight)
    #expect(store["third.weight"] == nil)
    #expect(try store.all.allSatisfy { try $0.value.requiresGradient == $0.isTrainable })
  }

  @Test("A second parameter of the same name is refused")
  func duplicate() throws {
    let store = ParameterStore()
    _ = try Linear(ParameterPath.root / "head", in: store, from: 3, to: 2)
    let error = #expect(throws: ParameterError.self) {
      try Linear(ParameterPath.root / "head", in: store, from: 3, to: 2)
    }
    #expect(error?.description == "parameter 'head.weight' exists twice in the network")
    #expect(store.all.count == 2)
  }

  @Test("A tensor of another shape is not assigned; one of another type is converted")
  func assignment() throws {
    let store = ParameterStore()
    let layer = try Linear(ParameterPath.root / "head", in: store, from: 3, to: 2)
    let error = #expect(throws: ParameterError.self) {
      try layer.weight.assign(Tensor.zeros([3, 2]))
    }
    #expect(
      error?.description
        == "parameter 'head.weight' has shape [2, 3], the given tensor [3, 2]")
    try layer.weight.assign(Tensor([1, 2, 3, 4, 5, 6] as [Double], shape: [2, 3]))
    #expect(try layer.weight.value.scalars(Double.self) == [1, 2, 3, 4, 5, 6])
    #expect(try layer.weight.value.dataType == .float32)
    #expect(try layer.weight.value.requiresGradient)
  }

  @Test("A negative length is an error")
  func negative() {
    let store = ParameterStore()
    #expect(throws: TensorError.self) { try values(of: "a", in: store, shape: [-1, 5]) }
    #expect(store.all.isEmpty)
  }

  @Test("Paths are joined by dots")
  func paths() {
    let path = ParameterPath.root / "stages" / 1 / "steps" / 4
    #expect(path.description == "stages.1.steps.4")
    #expect(ParameterPath.root.description == "")
    #expect(path == ParameterPath.root / "stages.1" / "steps.4")
  }
}
