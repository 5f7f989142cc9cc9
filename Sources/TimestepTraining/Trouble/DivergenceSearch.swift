import TimestepData
import TimestepLayers
import TimestepTorch

/// Looks for the first number that is not finite, once it is known that there is one.
struct DivergenceSearch {
  let model: any Layer
  let parameters: ParameterStore
  let objective: any Objective

  /// Where it comes from in the loss of a batch: the forward pass is computed again, layer by layer.
  ///
  /// - Parameter random: the state of the model's generator before the pass, so that the same numbers are drawn.
  func place(of batch: TensorBatch, isTraining: Bool, random: [UInt8]? = nil) throws
    -> Divergence.Place
  {
    try withoutGradients {
      if let parameter = try parameters.trainable.first(where: { try !$0.value.isAllFinite }) {
        return (.parameter, parameter.path)
      }
      if try !batch.inputs.isAllFinite { return (.input, nil) }
      let probe = ForwardProbe(seesValues: true)
      let outputs = try model(batch.inputs, pass(isTraining, probe, random))
      if let path = probe.firstNonFinite { return (.value, path) }
      guard try outputs.isAllFinite else { return (.value, "the network's outputs") }
      let loss = try objective.loss(outputs, batch.targets).scalar()
      return (loss.isFinite ? .unknown : .loss, nil)
    }
  }

  /// Where it comes from in the test loss: the first batch whose loss is not finite.
  func place(of batches: EpochBatches) throws -> Divergence.Place {
    while let host = try batches.next() {
      let batch = try host.tensors(parameters.dataType, on: parameters.device)
      let place = try place(of: batch, isTraining: false)
      if place.origin != .unknown { return place }
    }
    return (.unknown, nil)
  }

  /// The ratios of a batch whose loss is finite, for which its step is computed again; gradients are overwritten.
  func ratios(of batch: TensorBatch, random: [UInt8]?, step: Int) throws -> GradientRatios? {
    for parameter in parameters.trainable { try parameter.value.setGradient(nil) }
    let probe = ForwardProbe()
    let outputs = try model(batch.inputs, pass(true, probe, random))
    try objective.loss(outputs, batch.targets).backward()
    return GradientRatios(probe, step: step)
  }

  private func pass(_ isTraining: Bool, _ probe: ForwardProbe, _ random: [UInt8]?) throws
    -> ForwardPass
  {
    if let random, let source = (model as? any RandomLayer)?.randomness {
      try source.restore(random)
    }
    var pass = ForwardPass(isTraining: isTraining)
    pass.isReplay = true  // Running statistics stay as they are.
    pass.probe = probe
    return pass
  }
}
