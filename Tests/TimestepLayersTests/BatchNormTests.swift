import Testing
import TimestepLayers
import TimestepTorch

/// Batch normalisation against its formulas.
@Suite struct BatchNormTests {
  private func random(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(tensor, mean: 3, deviation: 2)
    return tensor
  }

  private func layer(_ channels: Int, momentum: Double) throws -> BatchNorm {
    let norm = try BatchNorm(
      ParameterPath.root / "norm", in: ParameterStore(dataType: .float64), channels: channels,
      momentum: momentum)
    try norm.weight.assign(random([channels], seed: 2))
    try norm.bias.assign(random([channels], seed: 3))
    return norm
  }

  /// The numbers of one channel.
  private func channel(_ index: Int, of tensor: Tensor) throws -> [Double] {
    try tensor.selected(index, axis: 1).scalars(Double.self)
  }

  private static let shapes = [[6, 3], [4, 3, 5, 7], [2, 1, 1, 1]]

  @Test("Training uses the batch's statistics and moves the running ones", arguments: shapes)
  func training(shape: [Int]) throws {
    let norm = try layer(shape[1], momentum: 0.25)
    var runningMean = [Double](repeating: 0, count: shape[1])
    var runningVariance = [Double](repeating: 1, count: shape[1])
    let weight = try norm.weight.value.scalars(Double.self)
    let bias = try norm.bias.value.scalars(Double.self)
    for seed in 10..<13 {
      let input = try random(shape, seed: UInt64(seed))
      let output = try norm(input, .training)
      for c in 0..<shape[1] {
        let x = try channel(c, of: input)
        let n = Double(x.count)
        let mean = x.reduce(0, +) / n
        let squares = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        // The output is made with the variance of the batch, the running one follows the unbiased estimate.
        runningMean[c] += 0.25 * (mean - runningMean[c])
        runningVariance[c] += 0.25 * (squares / (n - 1) - runningVariance[c])
        let scale = weight[c] / (squares / n + norm.epsilon).squareRoot()
        let expected = x.map { ($0 - mean) * scale + bias[c] }
        #expect(try close(channel(c, of: output), expected))
      }
      #expect(try close(norm.runningMeans[0].value.scalars(Double.self), runningMean))
      #expect(try close(norm.runningVariances[0].value.scalars(Double.self), runningVariance))
    }
  }

  @Test("Evaluation uses the running statistics and changes nothing", arguments: shapes)
  func evaluation(shape: [Int]) throws {
    let norm = try layer(shape[1], momentum: 0.1)
    try norm.runningMeans[0].assign(random([shape[1]], seed: 4))
    try norm.runningVariances[0].assign(random([shape[1]], seed: 5).square())
    let before = try norm.runningVariances[0].value.scalars(Double.self)
    let input = try random(shape)
    let output = try norm(input, .evaluation)
    for c in 0..<shape[1] {
      let mean = try norm.runningMeans[0].value.scalars(Double.self)[c]
      let scale =
        try norm.weight.value.scalars(Double.self)[c] / (before[c] + 1e-5).squareRoot()
      let bias = try norm.bias.value.scalars(Double.self)[c]
      let expected = try channel(c, of: input).map { ($0 - mean) * scale + bias }
      #expect(try close(channel(c, of: output), expected))
    }
    #expect(try norm.runningVariances[0].value.scalars(Double.self) == before)
  }

  @Test("It begins as the plain normalisation")
  func beginning() throws {
    let norm = try BatchNorm(ParameterPath.root / "norm", in: ParameterStore(), channels: 2)
    #expect(try norm.weight.value.scalars(Float.self) == [1, 1])
    #expect(try norm.bias.value.scalars(Float.self) == [0, 0])
    #expect(try norm.runningMeans[0].value.scalars(Float.self) == [0, 0])
    #expect(try norm.runningVariances[0].value.scalars(Float.self) == [1, 1])
    #expect(norm.momentum == 0.1 && norm.epsilon == 1e-5)
  }

  @Test("One value per channel has no variance: an error, not a trap")
  func single() throws {
    let norm = try layer(3, momentum: 0.1)
    #expect(throws: ShapeError.self) { try norm(random([1, 3]), .training) }
    #expect(try norm.runningVariances[0].value.scalars(Double.self) == [1, 1, 1])
    #expect(try norm(random([1, 3]), .evaluation).shape == [1, 3])
  }

  private func close(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count
      && zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
  }

  @Test("Each application of a step has running statistics of its own, and one scale and shift")
  func applications() throws {
    let store = ParameterStore(dataType: .float64)
    let norm = try BatchNorm(ParameterPath.root / "n", in: store, channels: 2, applications: 3)
    #expect(store.trainable.map(\.path) == ["n.weight", "n.bias"])
    #expect(store["n.running_mean_2"] != nil && store["n.running_var_1"] != nil)
    var pass = ForwardPass.training
    pass.application = 1
    let input = try Tensor([1, 5, 3, 7] as [Double]).reshaped([2, 2])
    _ = try norm(input, pass)
    let means = try norm.runningMeans.map { try $0.value.scalars(Double.self) }
    #expect(means[0] == [0, 0] && means[2] == [0, 0])
    #expect(abs(means[1][0] - 0.2) < 1e-15 && abs(means[1][1] - 0.6) < 1e-15)
    pass.isReplay = true
    _ = try norm(input, pass)
    #expect(try norm.runningMeans[1].value.scalars(Double.self) == means[1])
  }
}
