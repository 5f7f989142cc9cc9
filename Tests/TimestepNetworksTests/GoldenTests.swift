import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// ResNet-20 computes what PyTorch computes from the same weights, to rounding in float64.
@Suite struct GoldenTests {
  @Test("The values that are computed from names are those of the format's description")
  func values() {
    #expect(GoldenValues.seed("a") == 0xaf63_dc4c_8601_ec8c)
    #expect(GoldenValues.finalise(0x9e37_79b9_7f4a_7c15) == 0xe220_a839_7b1d_cdaf)
    #expect(GoldenValues.seed("input") == 0x1ebb_ae8f_5810_b65b)
    #expect(GoldenValues.bits("input", count: 1) == [0x190a_9f76_a9bd_8bf6])
    #expect(GoldenValues.unit("input", count: 1) == [-0.8043633146849236])
    #expect(GoldenValues.bits("labels", count: 4).map { $0 % 10 } == [5, 5, 2, 3])
  }

  @Test("The network has PyTorch's parameters and buffers", arguments: GoldenCase.names)
  func initial(name: String) throws {
    let golden = try GoldenCase(name)
    let network = try golden.network()
    #expect(try Double(network.parameters.trainableCount) == golden.file.number("parameters"))
    try golden.expect(
      "initial", under: "initial/", network.parameters.all.map { ($0.path, $0.value) })
  }

  @Test("Logits in evaluation", arguments: GoldenCase.names, MemoryFormat.both)
  func evaluation(name: String, format: MemoryFormat) throws {
    let golden = try GoldenCase(name, format)
    let network = try golden.network()
    try golden.expect("eval/logits", withoutGradients { try network(golden.images, .evaluation) })
  }

  @Test(
    "Logits, loss, gradients and buffers in training", arguments: GoldenCase.names,
    MemoryFormat.both)
  func training(name: String, format: MemoryFormat) throws {
    let golden = try GoldenCase(name, format)
    let network = try golden.network()
    let logits = try network(golden.images, .training)
    let loss = try logits.crossEntropy(golden.labels)
    try golden.expect("train/logits", logits)
    try golden.expect("train/loss", loss)
    try golden.expect(
      "buffers", under: "buffer-after-forward/",
      network.parameters.all.filter { !$0.isTrainable }.map { ($0.path, $0.value) })
    try loss.backward()
    let gradients = try network.parameters.trainable.map { parameter in
      let gradient = try parameter.value.gradient
      return (parameter.path, try #require(gradient, "\(parameter.path) has no gradient"))
    }
    try golden.expect("gradients", under: "gradient/", gradients)
  }

  @Test("Three steps of SGD", arguments: GoldenCase.names, MemoryFormat.both)
  func steps(name: String, format: MemoryFormat) throws {
    let golden = try GoldenCase(name, format)
    let network = try golden.network()
    let optimizer = try SGD(
      network.parameters.trainable, momentum: golden.file.number("momentum"),
      weightDecay: golden.file.number("weight_decay"))
    var losses: [Double] = []
    for _ in try 0..<Int(golden.file.number("steps")) {
      try optimizer.clearGradients()
      let loss = try network(golden.images, .training).crossEntropy(golden.labels)
      try loss.backward()
      try optimizer.step(rate: golden.file.number("learning_rate"))
      losses.append(try loss.scalar())
    }
    try golden.expect("losses", Tensor(losses))
    try golden.expect(
      "weights and buffers after 3 steps", under: "after3/",
      network.parameters.all.map { ($0.path, $0.value) }, besides: ["eval-logits"])
    try golden.expect(
      "after3/eval-logits", withoutGradients { try network(golden.images, .evaluation) })
  }

  @Test("Logits and loss in float32", arguments: GoldenCase.names, MemoryFormat.both)
  func singlePrecision(name: String, format: MemoryFormat) throws {
    let golden = try GoldenCase(name, format)
    let network = try golden.network(.float32)
    let images = try golden.images.cast(to: .float32)
    try withoutGradients {
      let evaluated = try network(images, .evaluation)
      let trained = try network(images, .training)
      #expect(try evaluated.dataType == .float32)
      let errors = try [
        golden.file.absoluteError("float32/eval-logits", of: evaluated),
        golden.file.absoluteError("float32/train-logits", of: trained),
        golden.file.absoluteError(
          "float32/train-loss", of: trained.crossEntropy(golden.labels)),
      ]
      print("golden \(name), \(format): float32 eval logits, train logits, train loss: \(errors)")
      #expect(errors[0] <= 1e-4 && errors[1] <= 1e-4 && errors[2] <= 1e-5)
    }
  }
}
