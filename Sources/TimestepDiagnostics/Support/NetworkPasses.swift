import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Passes of a network that leave it as it was: parameters, running statistics, random numbers and gradients.
package struct NetworkPasses {
  package let network: ResidualNetwork

  /// Passes of a network.
  package init(network: ResidualNetwork) { self.network = network }

  /// Computes with the network; random numbers are those of a seed, and the generator is put back afterwards.
  private func keeping<Result>(seed: UInt64, _ body: () throws -> Result) throws -> Result {
    let state = try network.randomness.state()
    try network.randomness.restore(Generator(seed: seed).state())
    defer { try? network.randomness.restore(state) }
    return try body()
  }

  /// A pass that moves no running statistics.
  static func pass(isTraining: Bool, _ probe: ForwardProbe? = nil) -> ForwardPass {
    var pass = ForwardPass(isTraining: isTraining)
    pass.isReplay = true
    pass.probe = probe
    return pass
  }

  /// The states between the blocks, without gradients, and the outputs.
  func states(of inputs: Tensor, isTraining: Bool = false, seed: UInt64 = 0) throws -> (
    states: [(place: BlockPlace, state: Tensor)], outputs: Tensor
  ) {
    let probe = ForwardProbe(keepsStates: true)
    let outputs = try keeping(seed: seed) {
      try withoutGradients { try network(inputs, Self.pass(isTraining: isTraining, probe)) }
    }
    return (
      try probe.states().filter { $0.path != "input" }.map {
        (BlockPlace($0.path, of: network), $0.state)
      },
      outputs
    )
  }

  /// The first layer, or step, whose value on some inputs is not finite, in evaluation; nil where all are.
  func firstNonFinite(of inputs: Tensor) throws -> String? {
    let probe = ForwardProbe(seesValues: true)
    let outputs = try keeping(seed: 0) {
      try withoutGradients { try network(inputs, Self.pass(isTraining: false, probe)) }
    }
    return try probe.firstNonFinite ?? (outputs.isAllFinite ? nil : "head")
  }

  /// The states of each stage before its own steps, and after each of them; a transition and a step with one on its
  /// shortcut come before.
  package func stageStates(of inputs: Tensor) throws -> [[Tensor]] {
    try byStage(states(of: inputs).states)
  }

  /// The same, and the gradient of a batch's loss at the end of each stage, in evaluation; nil where a stage has no
  /// steps of its own.
  package func stageStates(of batch: TensorBatch, _ objective: any Objective) throws -> (
    states: [[Tensor]], gradients: [Tensor?]
  ) {
    let probe = ForwardProbe(keepsStates: true)
    _ = try backward(batch, objective, Self.pass(isTraining: false, probe))
    try clearGradients()
    let all = try probe.states().map { (BlockPlace($0.path, of: network), $0.state, $0.gradient) }
    let states = try byStage(all.map { ($0.0, $0.1) })
    return (
      states,
      network.stages.indices.map { number in
        all.last { $0.0.stage == number && $0.0.step != nil }?.2
      }
    )
  }

  private func byStage(_ all: [(place: BlockPlace, state: Tensor)]) throws -> [[Tensor]] {
    try network.stages.enumerated().map { number, stage in
      guard
        let first = all.firstIndex(where: {
          $0.place.stage == number && $0.place.step == stage.steps.lowerBound
        }), first > 0
      else {
        if stage.steps.isEmpty { return [] }
        throw DiagnosticError(.fault, "stages.\(number)", "its states were not seen")
      }
      return all[(first - 1)..<(first + stage.steps.count)].map(\.state)
    }
  }

  /// The norms of the loss's gradient at the states between the blocks, for one batch.
  ///
  /// - Parameter seesStem: whether they begin with the input's.
  package func gradientNorms(
    of batch: TensorBatch, _ objective: any Objective, isTraining: Bool, seesStem: Bool = false,
    seed: UInt64 = 0
  ) throws -> (probe: ForwardProbe, loss: Double) {
    let probe = ForwardProbe()
    let loss = try backward(
      batch, objective, NetworkPasses.pass(isTraining: isTraining, probe), seesStem: seesStem,
      seed: seed)
    try clearGradients()
    return (probe, loss)
  }

  /// The loss of a batch; gradients are left at the parameters.
  func backward(
    _ batch: TensorBatch, _ objective: any Objective, _ pass: ForwardPass, seesStem: Bool = false,
    seed: UInt64 = 0
  ) throws -> Double {
    try clearGradients()
    return try keeping(seed: seed) {
      try withGradients {
        let inputs = seesStem ? try batch.inputs.detached().copied() : batch.inputs
        if seesStem { try inputs.setRequiresGradient() }
        let loss = try objective.loss(network(inputs, pass), batch.targets)
        try loss.backward()
        return try loss.scalar()
      }
    }
  }

  /// Removes the gradients of all parameters.
  func clearGradients() throws {
    for parameter in network.parameters.trainable { try parameter.value.setGradient(nil) }
  }
}

extension Tensor {
  /// The Euclidean norm over all elements.
  func length() throws -> Double {
    try withoutGradients { try Foreach.norm([cast(to: .float64)]) }
  }

  /// The Euclidean norm of each example, `[N, ...]` to `[N]`.
  func lengths() throws -> [Double] {
    try withoutGradients {
      try cast(to: .float64).flattened(from: 1).norm([1]).scalars(Double.self)
    }
  }

  /// Every example times a number of its own.
  func scaled(byExample factors: [Double]) throws -> Tensor {
    let shaped = try Tensor(factors, shape: [factors.count] + shape.dropFirst().map { _ in 1 })
    return try self * shaped.cast(to: dataType).moved(to: device)
  }

  /// Normal numbers in this tensor's shape, drawn on the CPU in float64, so that they do not depend on type and device.
  func noise(_ generator: Generator) throws -> Tensor {
    let values = try Tensor.empty(shape, .float64)
    try generator.fillNormal(values)
    return try values.cast(to: dataType).moved(to: device)
  }
}
