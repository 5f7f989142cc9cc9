import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A network under test: a family and the choices that differ from its own.
///
/// ``all`` takes every family with and without norms, and every scheme, noise, kind of weights and transition in one
/// network each: tests over it cover whatever is added to a catalog. The toys of this target stand in the same list.
struct Subject: Sendable, CustomTestStringConvertible {
  static let families: [any NetworkFamily] = NetworkCatalog.families + [ToyNetwork()]
  static let schemes: [any Scheme] = SchemeCatalog.all + [ToyScheme()]

  /// The schemes that take any field with one function.
  static let simpleSchemes = schemes.filter {
    $0.branches == 1 && $0.requirements.isEmpty && !$0.halvesState
  }

  static let all: [Subject] =
    families.flatMap { family in
      kinds(of: family).flatMap { kind in
        [nil, Normalization.none].map { Subject(family: family, kind: kind, normalization: $0) }
      }
    }
    + [nil, Normalization.none].flatMap { normalization in
      Activation.allCases.map {
        Subject(
          family: RobustResNet(), kind: .images, normalization: normalization, activation: $0)
      }
    }
    + SchemeCatalog.all.map(carrier) + [Subject(family: ToyNetwork(), toyScheme: ToyScheme())]
    + NoiseCatalog.all.map { noise in
      Subject(family: PreActivationResNet.preActivation, noise: noise.name)
    }
    + WeightsCatalog.all.map { weights in
      Subject(family: RobustResNet(), scheme: "rk4", weights: weights.name)
    }
    + TransitionCatalog.all.filter { $0.states.contains(.images) }.map { transition in
      Subject(family: PreActivationResNet.preActivation, transition: transition.name)
    }

  /// A network in which a scheme finds what it needs.
  private static func carrier(_ scheme: any Scheme) -> Subject {
    scheme.requirements.isEmpty
      ? Subject(family: PreActivationResNet.preActivation, scheme: scheme.name)
      : Subject(
        family: DynamicsNetwork.parabolic, kind: .points, scheme: scheme.name,
        isLinear: scheme.consistentFor == .linear)
  }

  private static func kinds(of family: any NetworkFamily) -> [InputKind] {
    [.images, .points, .texts].filter { kind in
      (try? family.resolved(.init(), for: task(kind))) != nil
    }
  }

  let family: any NetworkFamily
  var kind = InputKind.images
  var scheme: String?
  var toyScheme: (any Scheme)?
  var normalization: Normalization?
  var activation: Activation?
  var noise: String?
  var weights: String?
  var transition: String?
  /// Whether fields are without norm, activation and bias.
  var isLinear = false

  var testDescription: String {
    [
      family.name, kind.rawValue, scheme ?? toyScheme?.name, normalization.map { "norm \($0)" },
      activation.map { "then \($0)" }, noise, weights, transition,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// Whether the examples are characters, which come as numbers of symbols.
  var isText: Bool { kind == .texts }

  /// A small problem of the subject's kind.
  var task: NetworkTask { task() }

  func task(channels: Int = 2, size: [Int] = [9, 7]) -> NetworkTask {
    // Networks for large images divide the size by 32.
    let scale = (family.defaultTask.inputShape.last ?? 0) > 100 && kind == .images ? 4 : 1
    return Self.task(kind, channels: channels, size: size.map { $0 * scale })
  }

  private static func task(_ kind: InputKind, channels: Int = 2, size: [Int] = [9, 7])
    -> NetworkTask
  {
    let shape =
      switch kind {
      case .images: [channels] + size
      case .points: [channels]
      case .texts: [9 * channels]
      }
    return NetworkTask(inputShape: shape, inputKind: kind, classes: 3)
  }

  /// The options, with few channels.
  func options(h: Double, depth: Int?, task: NetworkTask) throws -> NetworkOptions {
    var options = NetworkOptions()
    options.depth = depth ?? family.depths.min()
    options.scheme = scheme
    options.noise = noise
    options.weights = weights
    options.transition = transition
    options.normalization = normalization
    options.postActivation = activation
    options.h = h
    if isLinear { (options.activation, options.bias) = (.identity, false) }
    let count = try family.resolved(options, for: task).widths?.count ?? 0
    options.widths = Array([4, 6, 8, 10, 12].prefix(count))
    return options
  }

  /// The network with few steps and few channels.
  func make(
    h: Double = 0.3, depth: Int? = nil, task: NetworkTask? = nil, seed: UInt64 = 1,
    _ type: DataType = .float64
  ) throws -> ResidualNetwork {
    let task = task ?? self.task
    let options = try options(h: h, depth: depth, task: task)
    let store = try options.makeStore(seed: seed, dataType: type, device: .cpu)
    let network = try family.make(options, task: task, in: store)
    return try toyScheme.map { try network.stepping(by: $0) } ?? network
  }

  /// A batch of examples; characters for text.
  func examples(_ count: Int, of task: NetworkTask, seed: UInt64) throws -> Tensor {
    let values = try Tensor.normal([count] + task.inputShape, seed: seed)
    return try isText
      ? ((values * 9).absolute().minimum(68) + 1).cast(to: .int64).cast(to: .float64) : values
  }

  /// The batch of three examples that the tests use.
  func input(_ type: DataType = .float64) throws -> Tensor {
    try examples(3, of: task, seed: 11).cast(to: type)
  }

  /// Its classes.
  func labels() throws -> Tensor { try Tensor([0, 1, 2] as [Int64]) }
}

extension ResidualNetwork {
  /// A network of the same parts in which another scheme steps, one that need not stand in the catalog.
  func stepping(by scheme: any Scheme) throws -> ResidualNetwork {
    let stages = try stages.enumerated().map { index, stage in
      try Stage(
        ParameterPath.root / "stages" / index, scheme: scheme, grid: stage.grid,
        activation: stage.activation, transition: stage.transition, fields: stage.fields)
    }
    return try ResidualNetwork(
      parameters: parameters, inputShape: inputShape, stem: stem, stages: stages, head: head)
  }

  /// A training pass with noise.
  var training: ForwardPass {
    var pass = ForwardPass.training
    pass.randomness = randomness
    return pass
  }
}
