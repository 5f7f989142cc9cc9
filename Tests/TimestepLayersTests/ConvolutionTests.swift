import Testing
import TimestepLayers
import TimestepTorch

/// Convolutions: their traces, values and parameters.
@Suite struct ConvolutionTests {
  private static let strides = 1...4

  @Test("The traced shape is the real one, and what has none is refused", arguments: 1...7, strides)
  func shapes(kernel: Int, stride: Int) throws {
    let layer = try Convolution2D(
      ParameterPath.root / "conv", in: ParameterStore(), from: 2, to: 3, kernel: kernel,
      stride: stride, bias: true)
    for height in 0...9 {
      for width in [0, 1, 2, 3, 8, 13] {
        var table = LayerTable()
        let traced = try? layer.trace([2, height, width], &table)
        let real = try? layer(Tensor.zeros([5, 2, height, width]), .evaluation).shape
        #expect(traced == real.map { Array($0.dropFirst()) }, "\(height) x \(width)")
        #expect(table.rows.map(\.outputShape) == (traced.map { [$0] } ?? []))
      }
    }
  }

  @Test("Groups divide the weights", arguments: [1, 2, 4])
  func groups(groups: Int) throws {
    let store = ParameterStore(dataType: .float64)
    let layer = try Convolution2D(
      ParameterPath.root / "conv", in: store, from: 4, to: 8, kernel: 3, groups: groups,
      bias: true)
    var table = LayerTable()
    #expect(try layer.trace([4, 6, 5], &table) == [8, 6, 5])
    #expect(try layer(Tensor.zeros([1, 4, 6, 5], .float64), .evaluation).shape == [1, 8, 6, 5])
    let weights = 8 * 4 / groups * 9
    #expect(table.parameters == weights + 8 && store.trainableCount == weights + 8)
    #expect(table.multiplyAdds == weights * 6 * 5)
  }

  @Test("Its value is the cross-correlation with zeros around the image")
  func value() throws {
    let layer = try Convolution2D(
      ParameterPath.root / "conv", in: ParameterStore(dataType: .float64), from: 1, to: 1,
      kernel: 3, stride: 2, bias: true)
    let weight = try layer.weight.value.scalars(Double.self)
    let bias = try #require(layer.bias).value.scalar()
    let image = (0..<30).map { Double(($0 * 7) % 11) - 5 }
    let value = try layer(Tensor(image, shape: [1, 1, 6, 5]), .training)
    var expected: [Double] = []
    for row in [0, 2, 4] {
      for column in [0, 2, 4] {
        var sum = bias
        for (y, x, tap) in (0..<9).map({ (row + $0 / 3 - 1, column + $0 % 3 - 1, weight[$0]) })
        where (0..<6).contains(y) && (0..<5).contains(x) {
          sum += tap * image[5 * y + x]
        }
        expected.append(sum)
      }
    }
    let values = try value.scalars(Double.self)
    #expect(value.shape == [1, 1, 3, 3])
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("Weight and bias begin within PyTorch's bound, the bias with any initialiser")
  func bound() throws {
    let store = ParameterStore(dataType: .float64, initializer: HeNormal())
    let layer = try Convolution2D(
      ParameterPath.root / "conv", in: store, from: 4, to: 600, kernel: 3, groups: 2, bias: true)
    // fan_in = 4 / 2 channels times 9 taps.
    let bound = (1.0 / 18).squareRoot()
    let bias = try #require(layer.bias).value.scalars(Double.self)
    #expect(bias.allSatisfy { abs($0) <= bound })
    #expect((bias.map(abs).max() ?? 0) > 0.95 * bound)
    let weights = try layer.weight.value.scalars(Double.self)
    let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
    #expect(abs(variance * 18 / 2 - 1) < 0.1)
  }
}
