import Testing
import TimestepTorch

/// Every differentiable operation against central differences in float64.
@Suite struct GradientCheckTests {
  @Test(arguments: DifferentiableOperation.all)
  func gradientIsTheLimitOfDifferences(_ operation: DifferentiableOperation) throws {
    var random = SplitMix(17)
    let inputs = try operation.shapes.map { try random.tensor($0, operation.range) }
    for input in inputs { try input.setRequiresGradient() }
    let output = try operation.apply(inputs)
    let seed = try random.tensor(output.shape)
    let gradients = try Tensor.gradients(
      of: [output], seeds: [seed], withRespectTo: inputs)
    let h = 1e-5
    for (index, input) in inputs.enumerated() {
      let values = try input.scalars(Double.self)
      let differences = try withoutGradients {
        try values.indices.map { place in
          let sides = try [h, -h].map { change in
            var moved = values
            moved[place] += change
            var arguments = inputs
            arguments[index] = try Tensor(moved, shape: input.shape)
            return try (operation.apply(arguments) * seed).sum().scalar()
          }
          return (sides[0] - sides[1]) / (2 * h)
        }
      }
      let gradient = try #require(gradients[index])
      #expect(gradient.shape == input.shape)
      let error = relativeDifference(try gradient.scalars(Double.self), differences)
      #expect(error < 1e-6, "input \(index)")
    }
  }

  /// Each operation, with its graph and its gradients, leaves nothing behind that holds its input's memory.
  @Test(arguments: DifferentiableOperation.all)
  func inputsAreReleasedOnce(_ operation: DifferentiableOperation) throws {
    var random = SplitMix(18)
    let memories = try operation.shapes.map {
      WrappedMemory(try random.tensor($0, operation.range).scalars(Double.self))
    }
    do {
      let inputs = try zip(memories, operation.shapes).map { try $0.tensor($1) }
      for input in inputs { try input.setRequiresGradient() }
      let output = try operation.apply(inputs)
      try output.sum().backward()
      for input in inputs { #expect(try input.gradient != nil) }
      for memory in memories { #expect(memory.releaseCount == 0) }
    }
    for memory in memories { #expect(memory.releaseCount == 1) }
  }
}
