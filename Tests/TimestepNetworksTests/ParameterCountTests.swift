import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Numbers of parameters: the table of the source, a formula, and the real tensors.
@Suite struct ParameterCountTests {
  private func parameters(_ name: String, batchNorm: Bool = true, channels: Int = 3) throws -> Int {
    var options = NetworkOptions()
    options.batchNorm = batchNorm
    let size = channels == 1 ? 28 : 32
    let network = try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: [channels, size, size]))
    #expect(network.table.parameters == network.parameters.trainableCount)
    return network.parameters.trainableCount
  }

  /// The rule of the architecture for widths 16, 32, 64 and 10 classes, layer by layer.
  ///
  /// After a 3x3 convolution to D channels stand 2 D numbers with batch norm (scale and shift), D without (a
  /// bias); after a 1x1 convolution 2 D or none.
  private func rule(steps: Int, batchNorm: Bool, channels: Int) -> Int {
    func convolution(_ inputs: Int, _ outputs: Int) -> Int {
      9 * inputs * outputs + (batchNorm ? 2 : 1) * outputs
    }
    func projection(_ inputs: Int, _ outputs: Int) -> Int {
      inputs * outputs + (batchNorm ? 2 : 0) * outputs
    }
    let same = [16, 32, 64].map { 2 * convolution($0, $0) }
    let stem = convolution(channels, 16)
    let changes = [(16, 32), (32, 64)].map { inputs, outputs in
      convolution(inputs, outputs) + convolution(outputs, outputs) + projection(inputs, outputs)
    }
    return stem + steps * same[0] + (steps - 1) * (same[1] + same[2]) + changes[0] + changes[1]
      + 64 * 10 + 10
  }

  @Test(
    "The source's table",
    arguments: [(20, 272_474), (44, 661_338), (110, 1_730_714), (218, 3_480_602)])
  func table(depth: Int, expected: Int) throws {
    let steps = (depth - 2) / 6
    #expect(try parameters("resnet-\(depth)") == expected)
    #expect(rule(steps: steps, batchNorm: true, channels: 3) == expected)
    #expect(try parameters("resnet-\(depth)", channels: 1) == expected - 288)
  }

  @Test("Without batch norm", arguments: [20, 44, 110, 218])
  func withoutBatchNorm(depth: Int) throws {
    for channels in [3, 1] {
      let expected = rule(steps: (depth - 2) / 6, batchNorm: false, channels: channels)
      #expect(
        try parameters("resnet-\(depth)", batchNorm: false, channels: channels) == expected)
    }
  }

  @Test("PyTorch's networks have as many", arguments: GoldenCase.names)
  func golden(name: String) throws {
    let file = try GoldenFile(name)
    let batchNorm = file.metadata["batch_norm"] == "true"
    let expected = try Int(file.number("parameters"))
    #expect(try parameters("resnet-20", batchNorm: batchNorm) == expected)
    #expect(rule(steps: 3, batchNorm: batchNorm, channels: 3) == expected)
  }

  @Test("Table and tensors agree for every depth that a family lists", arguments: Subject.all)
  func everywhere(subject: Subject) throws {
    for depth in subject.family.depths.sorted().prefix(3) {
      let network = try subject.make(depth: depth)
      #expect(network.table.parameters == network.parameters.trainableCount)
      #expect(network.table.parameters > 0 && network.table.multiplyAdds > 0)
    }
  }
}
