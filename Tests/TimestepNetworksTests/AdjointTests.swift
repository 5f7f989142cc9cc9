import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Gradients that come back by computing steps again, against those of everything kept.
@Suite struct AdjointTests {
  /// A network and the choices that differ from its family's.
  struct Case: Sendable, CustomTestStringConvertible {
    var network: String
    var change: @Sendable (inout NetworkOptions) -> Void = { _ in }
    var adjoint: String
    var testDescription: String

    /// The network with an adjoint, in float64.
    func make(adjoint: String) throws -> ResidualNetwork {
      var options = NetworkOptions()
      change(&options)
      options.adjoint = adjoint
      return try NetworkCatalog.make(
        network, options, task: NetworkTask(inputShape: [2, 8, 8], classes: 3), seed: 3,
        dataType: .float64)
    }
  }

  static let cases: [Case] =
    [
      ("revnet-26", "", "", "reversible"), ("revnet-26", "", "", "checkpointed"),
      ("hamiltonian-12", "", "", "reversible"), ("hamiltonian-2-12", "", "", "reversible"),
      ("midpoint-12", "", "", "reversible"), ("leapfrog-12", "", "", "reversible"),
      ("preresnet-20", "verlet", "", "reversible"), ("preresnet-20", "lm:k=0.99", "", "reversible"),
      ("preresnet-20", "lm:k=-1", "", "reversible"),
      ("lm-resnet-20", "", "", "checkpointed:segment=2"), ("resnet-20", "", "", "checkpointed"),
      ("resnet-20", "rk4", "", "checkpointed:segment=1"), ("polynet-20", "", "", "checkpointed"),
      ("preresnet-32", "", "stochastic-depth:survival=0.3", "checkpointed:segment=2"),
      ("preresnet-20", "", "shake-shake:backward=shake", "checkpointed"),
      ("revnet-26", "", "stochastic-depth:survival=0.3", "reversible"),
      ("revnet-26", "", "gaussian:level=0.5", "reversible"),
      ("preresnet-20", "midpoint", "gaussian:level=0.5", "reversible"),
      ("lm-resnet-20", "dense-multistep:decay=trained", "", "checkpointed"),
    ].map { network, scheme, noise, adjoint in
      Case(
        network: network,
        change: { options in
          if !scheme.isEmpty { options.scheme = scheme }
          if !noise.isEmpty { options.noise = noise }
        }, adjoint: adjoint,
        testDescription: [network, scheme, noise, adjoint].filter { !$0.isEmpty }.joined(
          separator: ", "))
    }
    + WeightsCatalog.all.map {
      weighted("antisymmetric-12", $0.name, adjoint: "checkpointed:segment=2")
    }
    + ["linear:sets=3", "polynomial"].map {
      weighted("leapfrog-12", $0, adjoint: "reversible")
    }

  /// A network whose weights depend on time in another way: several steps read the same sets.
  private static func weighted(_ network: String, _ weights: String, adjoint: String) -> Case {
    Case(
      network: network, change: { $0.weights = weights }, adjoint: adjoint,
      testDescription: "\(network), \(weights), \(adjoint)")
  }

  private struct Result {
    var loss: Double
    var gradients: [(path: String, gradient: Tensor)]
    var buffers: [(path: String, value: Tensor)]
  }

  private func run(_ it: Case, adjoint: String) throws -> Result {
    let network = try it.make(adjoint: adjoint)
    let loss = try network(.normal([4, 2, 8, 8], seed: 5), .training)
      .crossEntropy(Tensor([0, 1, 2, 1] as [Int64]))
    try loss.backward()
    return Result(
      loss: try loss.scalar(),
      gradients: try network.parameters.trainable.compactMap { parameter in
        try parameter.value.gradient.map { (parameter.path, $0) }
      },
      buffers: try network.parameters.all.filter { !$0.isTrainable }.map {
        ($0.path, try $0.value.copied())
      })
  }

  @Test("Gradients and running statistics are those of the stored adjoint", arguments: cases)
  func sameGradients(it: Case) throws {
    let stored = try run(it, adjoint: "stored")
    let other = try run(it, adjoint: it.adjoint)
    #expect(abs(stored.loss - other.loss) <= 1e-13 * abs(stored.loss))
    #expect(stored.gradients.map(\.path) == other.gradients.map(\.path))
    for (mine, theirs) in zip(stored.gradients, other.gradients) {
      let error = try relativeError(
        [theirs.path: theirs.gradient], [mine.path: mine.gradient])
      #expect(error <= 1e-8, "\(mine.path)")
    }
    for (mine, theirs) in zip(stored.buffers, other.buffers) {
      #expect(try theirs.value.relativeError(to: mine.value) <= 1e-12, "\(mine.path)")
    }
  }

  @Test(
    "In float32, many steps: the gradient is right, or the backward pass says that it would not be")
  func manySteps() throws {
    func gradients(_ network: String, _ scheme: String, adjoint: String) throws -> [String: Tensor]
    {
      var options = NetworkOptions()
      (options.scheme, options.adjoint, options.widths) = (scheme, adjoint, [4, 6, 8])
      let network = try NetworkCatalog.make(network, options, task: Small.images, seed: 3)
      try network(Small.input().cast(to: .float32), .training).crossEntropy(Small.labels())
        .backward()
      var byPath: [String: Tensor] = [:]
      for parameter in network.parameters.trainable {
        byPath[parameter.path] = try parameter.value.gradient
      }
      return byPath
    }
    /// Of all gradients together; nil where they are refused.
    func error(_ network: String, _ scheme: String) throws -> Double? {
      let expected = try gradients(network, scheme, adjoint: "stored")
      do {
        let found = try gradients(network, scheme, adjoint: "reversible")
        var (distance, size) = (0.0, 0.0)
        for (path, gradient) in expected {
          let difference = try gradient - #require(found[path])
          distance += try (difference * difference).sum().scalar()
          size += try (gradient * gradient).sum().scalar()
        }
        return (distance / size).squareRoot()
      } catch let error as OptionError {
        #expect(error.option == "adjoint")
        return nil
      }
    }
    let cases = [
      ("revnet-122", "rev"), ("preresnet-122", "lm:k=0.99"), ("preresnet-122", "lm:k=0.5"),
      ("preresnet-122", "midpoint"), ("preresnet-122", "verlet"), ("preresnet-122", "leapfrog"),
      ("preresnet-362", "verlet"),
    ]
    let errors = try cases.map { try error($0.0, $0.1) }
    #expect(errors.allSatisfy { $0 ?? 0 <= 2e-2 })
    // Those that can be had, and one that cannot.
    #expect(errors[0] != nil && errors[1] != nil && errors[2] == nil && errors[6] == nil)
  }
}
