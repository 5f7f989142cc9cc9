import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The gradient of every network's loss against central differences.
@Suite struct GradientTests {
  @Test("Central differences along three random directions", arguments: Subject.all)
  func centralDifferences(subject: Subject) throws {
    let network = try subject.make()
    let parameters = network.parameters.trainable
    let (input, labels) = try (subject.input(), subject.labels())
    let state = try network.randomness.state()
    func loss() throws -> Tensor {
      try network.randomness.restore(state)  // The same noise each time.
      return try network(input, .training).crossEntropy(labels)
    }

    let gradients = try zip(
      parameters, Tensor.gradients(of: [loss()], withRespectTo: parameters.map(\.value))
    ).map { parameter, gradient in
      // The coefficients of a scheme's first step are not used.
      try parameter.isDecayed
        ? #require(gradient, "\(parameter.path) has no gradient")
        : gradient ?? Tensor.zeros(parameter.value.shape, .float64)
    }
    let length = try gradients.reduce(0) { try $0 + $1.square().sum().scalar() }.squareRoot()
    let start = try parameters.map { try $0.value.detached().copied() }
    for seed in 0..<3 as Range<UInt64> {
      let direction = try Self.direction(like: start, seed: seed)
      let slope = try zip(gradients, direction).reduce(0) {
        try $0 + ($1.0 * $1.1).sum().scalar()
      }
      // The loss changes by less than a millionth: larger steps would cross kinks of ReLU, and where three
      // examples are normalised again and again the loss is so curved that it shows.
      func moved(by distance: Double) throws -> Double {
        try withoutGradients {
          for (parameter, (start, direction)) in zip(parameters, zip(start, direction)) {
            try parameter.assign(start.adding(direction, scaledBy: distance))
          }
          return try loss().scalar()
        }
      }
      // A kink that one step crosses is far from another: the best of three.
      let errors = try [2e-7, 3e-8, 6e-9].map { size in
        let step = size / max(1, length)
        let difference = try (moved(by: step) - moved(by: -step)) / (2 * step)
        return abs(slope - difference) / max(abs(difference), 0.1 * length)
      }
      let error = errors.min() ?? .infinity
      Worst.gradient.note(error, subject.testDescription)
      #expect(error <= 1e-6)
    }
  }

  /// Normal numbers in the shapes of the parameters.
  private static func direction(like tensors: [Tensor], seed: UInt64) throws -> [Tensor] {
    try tensors.enumerated().map { index, tensor in
      try .normal(tensor.shape, seed: 1000 * (seed + 1) + UInt64(index))
    }
  }
}
