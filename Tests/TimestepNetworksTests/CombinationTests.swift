import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Combinations of choices: those that make sense train, the others are refused before anything happens, with the
/// option and a reason.
@Suite struct CombinationTests {
  /// Options as the command has them, and the option that is to blame.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var network: String
    var task = Small.images
    var blamed: String
    var change: @Sendable (inout NetworkOptions) -> Void
    var testDescription: String { "\(network): \(blamed)" }
  }

  static let refusals: [Refusal] = [
    // Nothing would be left of a dropped step.
    Refusal(network: "preresnet-20", blamed: "noise") {
      ($0.transition, $0.noise) = ("none", "stochastic-depth:survival=0.99")
    },
    Refusal(network: "preresnet-20", blamed: "noise") {
      ($0.scheme, $0.noise) = ("plain", "stochastic-depth")
    },
    Refusal(network: "preresnet-20", blamed: "scheme") {
      ($0.transition, $0.scheme) = ("none", "lm:boundary=project")
    },
    // A system is no pair of functions of one state.
    Refusal(network: "hamiltonian-6", blamed: "scheme") { $0.scheme = "two-way" },
    Refusal(network: "hamiltonian-6", blamed: "scheme") { $0.scheme = "fractal-2" },
    Refusal(network: "hamiltonian-6", blamed: "scheme") { $0.scheme = "mpoly-2" },
    Refusal(network: "hamiltonian-2-6", blamed: "scheme") {
      ($0.scheme, $0.noise) = ("euler", "shake-shake")
    },
    Refusal(network: "parabolic-6", task: Small.points, blamed: "scheme") {
      $0.scheme = "implicit-parabolic"
    },
    Refusal(network: "preresnet-20", blamed: "post-activation") {
      ($0.scheme, $0.postActivation) = ("euler-post", .identity)
    },
    Refusal(network: "dense-6", task: Small.points, blamed: "field") { $0.field = "basic" },
    Refusal(network: "dense-6", task: Small.points, blamed: "transition") {
      $0.transition = "connector"
    },
    Refusal(network: "dense-6", task: Small.points, blamed: "widths") {
      ($0.field, $0.widths) = ("antisymmetric", [99])
    },
    Refusal(network: "resnet-20", blamed: "h") { $0.h = 1e300 },
  ]

  @Test("What makes no sense is refused by the option's name", arguments: refusals)
  func refused(it: Refusal) throws {
    let error = #expect(throws: OptionError.self) {
      var options = NetworkOptions()
      it.change(&options)
      _ = try NetworkCatalog.make(it.network, options, task: it.task)
    }
    #expect(error?.option == it.blamed, "\(error.map(String.init(describing:)) ?? "")")
  }

  @Test(
    "More sets of weights than times are refused",
    arguments: ["linear:sets=50", "polynomial:sets=1000"])
  func sets(weights: String) {
    var options = NetworkOptions()
    options.weights = weights
    #expect(throws: ArgumentError.self) {
      try NetworkCatalog.make("preresnet-20", options, task: Small.images)
    }
  }

  @Test("Fields are named that a scheme could be used with")
  func capability() throws {
    var options = NetworkOptions()
    options.scheme = "linearly-implicit"
    let error = #expect(throws: OptionError.self) {
      try NetworkCatalog.make("preresnet-20", options, task: Small.images)
    }
    #expect("\(try #require(error))".contains("antisymmetric"))
  }

  static let droppable = SchemeCatalog.all.filter {
    $0.order != nil && $0.requirements.isEmpty && $0.branches == 1
  }.map(\.name)

  @Test(
    "Dropped fields leave every scheme with gradients, however they come back",
    arguments: droppable, ["stored", "checkpointed"])
  func dropped(scheme: String, adjoint: String) throws {
    let network = try Small.make("preresnet-20") {
      ($0.scheme, $0.adjoint) = (scheme, adjoint)
      $0.noise = "stochastic-depth:survival=0.1,decay=constant"
    }
    // Each pass draws anew.
    for _ in 0..<3 {
      try network(Small.input(), .training).crossEntropy(Small.labels()).backward()
    }
    let gradients = try network.parameters.trainable.compactMap { try $0.value.gradient }
    #expect(gradients.count > 4)
    for gradient in gradients {
      #expect(try gradient.absolute().max().scalar().isFinite)
    }
  }

  @Test("Periodic images take the implicit parabolic step")
  func implicitImages() throws {
    let network = try Small.make("parabolic-6") {
      ($0.scheme, $0.field) = ("implicit-parabolic", "parabolic-conv:padding=periodic")
      ($0.activation, $0.normalization, $0.bias) = (.identity, Normalization.none, false)
    }
    let logits = try network(Small.input(), .training)
    try logits.crossEntropy(Small.labels()).backward()
    let stage = network.stages[0]
    let u = try Tensor.normal([2, 4, 6, 6], seed: 4)
    let field = stage.fields[0]
    // (I - c J) v = u with J u = f(u).
    let v = try field.solvingLinearized(u, factor: 0.7, around: u, .evaluation)
    let back = try v - field(v, .evaluation) * 0.7
    #expect(try back.relativeError(to: u) <= 1e-12)
  }
}
