import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

@Suite("Probes in a pass")
struct ForwardProbeTests {
  /// The loss of one training pass and its gradients.
  private func pass(_ network: ResidualNetwork, _ subject: Subject, _ probe: ForwardProbe?) throws
    -> (loss: Double, gradients: [[Double]])
  {
    var pass = network.training
    pass.probe = probe
    let loss = try network(subject.input(), pass).crossEntropy(subject.labels())
    try loss.backward()
    return (
      try loss.scalar(),
      try network.parameters.trainable.map { try $0.value.gradient?.scalars(Double.self) ?? [] }
    )
  }

  @Test(
    "A probe changes no bit of loss and gradients, and sees every block", arguments: Subject.all)
  func unchanged(subject: Subject) throws {
    let plain = try pass(subject.make(), subject, nil)
    let network = try subject.make()
    let probe = ForwardProbe(seesValues: true)
    let probed = try pass(network, subject, probe)
    #expect(plain.loss == probed.loss && plain.gradients == probed.gradients)
    #expect(probe.firstNonFinite == nil)
    let steps = network.stages.reduce(0) { $0 + $1.grid.steps }
    let norms = probe.gradientNorms
    // Where nothing is learned before the first block, there is no gradient to measure.
    #expect(norms.filter { $0.path.contains(".steps.") }.count == steps, "\(norms)")
    let standing = network.stages.filter { $0.transition?.place == .before }.count
    #expect(norms.count <= steps + standing + 1, "\(norms)")
    #expect(norms.allSatisfy { $0.norm.isFinite && $0.norm >= 0 }, "\(norms)")
  }

  @Test("The norms are those of the states' gradients")
  func norms() throws {
    let subject = Subject(family: RobustResNet())
    let network = try subject.make()
    let probe = ForwardProbe()
    _ = try pass(network, subject, probe)
    let stem = try network.stem(subject.input(), .training)
    var states = [stem]
    for stage in network.stages { states.append(try stage(states[states.count - 1], .training)) }
    let loss = try network.head(states[states.count - 1], .training)
      .crossEntropy(subject.labels())
    let gradients = try Tensor.gradients(of: [loss], withRespectTo: states)
    let ends = network.stages.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.grid.steps) }
    #expect(probe.gradientNorms.count == (ends.last ?? 0) + 1)
    for (gradient, end) in zip(gradients, ends) {
      let expected = try #require(gradient).square().sum().scalar().squareRoot()
      let found = probe.gradientNorms[end]
      #expect(abs(found.norm / expected - 1) < 1e-12, "\(found.path)")
    }
    #expect(probe.gradientNorms.map(\.path).first == "stem")
    #expect(probe.gradientNorms.last?.path == "stages.2.steps.0")
  }

  @Test("The norms do not depend on the adjoint", arguments: AdjointTests.cases)
  func adjoints(it: AdjointTests.Case) throws {
    let norms = try ["stored", it.adjoint].map { adjoint in
      let network = try it.make(adjoint: adjoint)
      var pass = ForwardPass.training
      pass.probe = ForwardProbe()
      try network(.normal([4, 2, 8, 8], seed: 5), pass)
        .crossEntropy(Tensor([0, 1, 2, 1] as [Int64])).backward()
      return pass.probe?.gradientNorms ?? []
    }
    #expect(norms[0].count > 3 && norms[0].map(\.path) == norms[1].map(\.path))
    for (one, other) in zip(norms[0], norms[1]) {
      #expect(abs(one.norm - other.norm) <= 1e-7 * one.norm, "\(one.path)")
    }
  }

  @Test(
    "The first layer whose value is not finite is named, whatever the parameter",
    arguments: [("resnet", 0), ("resnet", 3), ("revnet", 2), ("vdcnn", 1), ("antisymmetric", 1)])
  func firstValue(name: String, number: Int) throws {
    let subject = try #require(Subject.all.first { $0.family.name == name })
    let network = try subject.make()
    let weights = network.parameters.trainable.filter {
      $0.path.hasSuffix(".weight") && $0.path.hasPrefix("stages.")
    }
    let spoilt = weights[number]
    try withoutGradients { try spoilt.value.fill(.nan) }
    let probe = ForwardProbe(seesValues: true)
    var pass = network.training
    pass.probe = probe
    _ = try network(subject.input(), pass)
    let found = try #require(probe.firstNonFinite)
    // The layer itself; of layers inside a field that are none of their own, the step that ends with them.
    let step = spoilt.path.split(separator: ".").prefix(4).joined(separator: ".")
    #expect(spoilt.path.hasPrefix(found + ".") && found.hasPrefix(step), "\(found), \(spoilt.path)")
  }
}
