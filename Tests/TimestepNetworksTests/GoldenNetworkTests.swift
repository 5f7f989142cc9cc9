import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Networks of the papers compute what PyTorch computes from the same weights, to rounding in float64.
@Suite struct GoldenNetworkTests {
  @Test("Weights, logits, loss, gradients and buffers", arguments: GoldenNetwork.all)
  func passes(golden: GoldenNetwork) throws {
    let it = try golden.start()
    let parameters = it.network.parameters
    #expect(try Double(parameters.trainableCount) == it.file.number("parameters"))
    try golden.expect("initial", of: it.file, [("initial", parameters.all.joined())])
    try golden.expect(
      "evaluation", of: it.file,
      [("eval/logits", withoutGradients { try it.network(it.input, .evaluation) })])

    let logits = try it.network(it.input, .training)
    let loss = try logits.crossEntropy(it.labels)
    try golden.expect(
      "training", of: it.file, [("train/logits", logits), ("train/loss", loss)])
    try loss.backward()
    let gradients = try parameters.trainable.compactMap { parameter in
      try parameter.value.gradient.map { (path: parameter.path, tensor: $0) }
    }
    #expect(it.file.names(under: "gradient/") == Set(gradients.map(\.path)))
    try golden.expect(
      "gradients", of: it.file, gradients.map { ("gradient/" + $0.path, $0.tensor) })
    // After the backward pass: an adjoint that computes steps again moves running statistics once.
    try expectBuffers("buffers-after-forward", it, golden)
  }

  @Test("Three steps of SGD", arguments: GoldenNetwork.all)
  func steps(golden: GoldenNetwork) throws {
    let it = try golden.start()
    let parameters = it.network.parameters
    let optimizer = try SGD(
      parameters.trainable, momentum: it.file.number("momentum"),
      weightDecay: it.file.number("weight_decay"))
    var losses: [Double] = []
    for step in try 1...Int(it.file.number("steps")) {
      try optimizer.clearGradients()
      let loss = try it.network(it.input, .training).crossEntropy(it.labels)
      try loss.backward()
      try optimizer.step(rate: it.file.number("learning_rate"))
      for constraint in it.network.constraints { try constraint.apply(afterStep: step) }
      losses.append(try loss.scalar())
    }
    try golden.expect("losses", of: it.file, [("losses", Tensor(losses))])
    #expect(it.file.names(under: "after3/") == Set(parameters.trainable.map(\.path)))
    try golden.expect(
      "weights after 3 steps", of: it.file,
      parameters.trainable.map { ("after3/" + $0.path, $0.value) })
    try expectBuffers("after3-buffers", it, golden)
    try golden.expect(
      "evaluation after 3 steps", of: it.file,
      [("after3-logits", withoutGradients { try it.network(it.input, .evaluation) })])
  }

  private func expectBuffers(_ key: String, _ it: GoldenNetwork.Start, _ golden: GoldenNetwork)
    throws
  {
    let buffers = it.network.parameters.buffers
    #expect(buffers.isEmpty == it.file.names(under: key).isEmpty)
    if !buffers.isEmpty { try golden.expect(key, of: it.file, [(key, buffers.joined())]) }
  }
}
