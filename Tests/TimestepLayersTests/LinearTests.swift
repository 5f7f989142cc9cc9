import Testing
import TimestepLayers
import TimestepTorch

/// The affine map.
@Suite struct LinearTests {
  @Test("Its value is x W^T + b")
  func value() throws {
    let layer = try Linear(
      ParameterPath.root / "linear", in: ParameterStore(dataType: .float64), from: 3, to: 2)
    try layer.weight.assign(Tensor([1, 2, 3, 4, 5, 6] as [Double], shape: [2, 3]))
    try layer.bias.assign(Tensor([0.5, -0.5] as [Double]))
    let value = try layer(Tensor([1, 0, -1, 2, 2, 2] as [Double], shape: [2, 3]), .training)
    #expect(try value.scalars(Double.self) == [-1.5, -2.5, 12.5, 29.5])
  }

  @Test("Its trace is the real shape and its count the real count")
  func trace() throws {
    let store = ParameterStore()
    let layer = try Linear(ParameterPath.root / "linear", in: store, from: 5, to: 7)
    var table = LayerTable()
    #expect(try layer.trace([5], &table) == [7])
    #expect(try layer(Tensor.zeros([4, 5]), .evaluation).shape == [4, 7])
    #expect(table.parameters == 42 && store.trainableCount == 42)
    #expect(table.multiplyAdds == 35)
    #expect(table.rows.map(\.path) == ["linear"])
  }

  @Test("Weight and bias begin within PyTorch's bound")
  func bound() throws {
    let layer = try Linear(
      ParameterPath.root / "linear", in: ParameterStore(dataType: .float64), from: 25, to: 400)
    for parameter in [layer.weight, layer.bias] {
      let values = try parameter.value.scalars(Double.self).map(abs)
      #expect(values.allSatisfy { $0 <= 0.2 })
      #expect((values.max() ?? 0) > 0.19)
    }
  }
}
