import Testing
import TimestepLayers
import TimestepTorch

/// Instance norm and tv norm against their formulas, and the choice among norms.
@Suite struct NormTests {
  private func random(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(tensor, mean: 1, deviation: 2)
    return tensor
  }

  private let root = ParameterPath.root / "norm"

  private func close(_ tensor: Tensor, _ expected: [Double]) throws -> Bool {
    let values = try tensor.scalars(Double.self)
    return values.count == expected.count
      && zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
  }

  @Test(
    "Instance norm: mean 0 and variance 1 per channel and example",
    arguments: [[3, 2, 7], [2, 3, 4, 5]])
  func instance(shape: [Int]) throws {
    let norm = try InstanceNorm(
      root, in: ParameterStore(dataType: .float64), channels: shape[1])
    try norm.weight.assign(random([shape[1]], seed: 2))
    try norm.bias.assign(random([shape[1]], seed: 3))
    let (weight, bias) = try (
      norm.weight.value.scalars(Double.self), norm.bias.value.scalars(Double.self)
    )
    let input = try random(shape)
    let pixels = shape[2...].reduce(1, *)
    let numbers = try input.scalars(Double.self)
    var expected: [Double] = []
    for row in 0..<shape[0] * shape[1] {
      let x = numbers[row * pixels..<(row + 1) * pixels]
      let mean = x.reduce(0, +) / Double(pixels)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pixels)
      let channel = row % shape[1]
      expected += x.map {
        ($0 - mean) / (variance + 1e-5).squareRoot() * weight[channel] + bias[channel]
      }
    }
    for pass in [ForwardPass.training, .evaluation] {
      #expect(try close(norm(input, pass), expected))
    }
  }

  @Test(
    "tv norm: the direction of each pixel's channels",
    arguments: [[3, 4], [3, 2, 7], [2, 3, 4, 5]])
  func totalVariation(shape: [Int]) throws {
    let norm = try TotalVariationNorm(
      root, in: ParameterStore(dataType: .float64), channels: shape[1])
    try norm.weight.assign(random([shape[1]], seed: 2))
    try norm.bias.assign(random([shape[1]], seed: 3))
    let (weight, bias) = try (
      norm.weight.value.scalars(Double.self), norm.bias.value.scalars(Double.self)
    )
    let input = try random(shape)
    let (channels, pixels) = (shape[1], shape[2...].reduce(1, *))
    let numbers = try input.scalars(Double.self)
    let expected = numbers.indices.map { index in
      let (example, pixel) = (index / (channels * pixels), index % pixels)
      let squares = (0..<channels).reduce(0) { sum, channel in
        let x = numbers[(example * channels + channel) * pixels + pixel]
        return sum + x * x
      }
      let channel = index / pixels % channels
      return numbers[index] / (squares + 1e-4).squareRoot() * weight[channel] + bias[channel]
    }
    for pass in [ForwardPass.training, .evaluation] {
      #expect(try close(norm(input, pass), expected))
    }
  }

  @Test(
    "Every norm by name: traced, counted, in both orders of memory",
    arguments: Normalization.allCases)
  func choice(normalization: Normalization) throws {
    for shape in [[3], [3, 5], [3, 4, 5]] {
      let store = ParameterStore(dataType: .float64)
      guard let norm = try normalization.makeLayer(root, in: store, channels: 3) else {
        #expect(normalization == .none && store.all.isEmpty)
        continue
      }
      var table = LayerTable()
      if normalization == .instance, shape.count == 1 {
        let error = #expect(throws: ShapeError.self) { try norm.trace(shape, &table) }
        #expect(error?.description.contains("more than one number") == true)
        #expect(throws: ShapeError.self) { try norm(random([4] + shape), .training) }
        continue
      }
      #expect(try norm.trace(shape, &table) == shape)
      #expect(table.parameters == 6 && store.trainableCount == 6)
      let input = try random([4] + shape)
      let value = try norm(input, .training)
      #expect(value.shape == [4] + shape)
      #expect(try input.scalars(Double.self) == random([4] + shape).scalars(Double.self))
      if shape.count == 3 {
        let other = try norm(input.contiguous(.channelsLast), .training)
        #expect(try close(other, value.scalars(Double.self)))
      }
      #expect(throws: ShapeError.self) { try norm.trace([2] + shape.dropFirst(), &table) }
    }
  }

  @Test(
    "Norms of no channels do not exist; a single pixel has no instance norm",
    arguments: [-1, 0, Int.max])
  func sizes(channels: Int) throws {
    let store = ParameterStore()
    #expect(throws: ShapeError.self) { try InstanceNorm(root, in: store, channels: channels) }
    #expect(throws: ShapeError.self) { try TotalVariationNorm(root, in: store, channels: channels) }
    let norm = try InstanceNorm(root, in: ParameterStore(), channels: 2)
    var table = LayerTable()
    #expect(throws: ShapeError.self) { try norm.trace([2, 1, 1], &table) }
  }
}
