import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// The components of the catalogs as functions of their state or of their weights, in float64.
struct DerivativeSubjects {
  /// The kinds of components.
  enum Kind: String, CaseIterable {
    case fields = "field"
    case norms = "norm"
    case transitions = "transition"
    case schemes = "scheme"
    case losses = "loss"
    case regularizers = "regulariser"
    case projections = "variable projection"
  }

  /// A function at a point.
  struct Subject {
    let name: String
    let variable: String
    let function: VectorFunction
    let point: Tensor

    /// Both tests along a random direction.
    func check() throws -> (derivative: DerivativeTest, adjoint: AdjointTest, passes: Bool) {
      let v = try DerivativeSubjects.normal(point.shape, seed: 2) * 0.01
      let derivative = try DerivativeTest(of: function, at: point, along: v)
      let w = try DerivativeSubjects.normal(function(point).shape, seed: 3)
      let adjoint = try AdjointTest(of: function, at: point, along: v, against: w)
      return (
        derivative, adjoint,
        derivative.passes && derivative.relativeError < 1e-5 && adjoint.passes
      )
    }
  }

  let seed: UInt64
  /// A training pass that leaves running statistics alone.
  private let pass: ForwardPass = {
    var pass = ForwardPass.training
    pass.isReplay = true
    return pass
  }()

  init(seed: UInt64) { self.seed = seed }

  static func normal(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let values = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(values)
    return values
  }

  /// The subjects of a kind.
  func all(_ kind: Kind) throws -> [Subject] {
    switch kind {
    case .fields: try FieldCatalog.all.flatMap(fields)
    case .norms: try Normalization.allCases.flatMap(norms)
    case .transitions: try TransitionCatalog.all.flatMap(transitions)
    case .schemes: try SchemeCatalog.all.map(scheme)
    case .losses: try losses()
    case .regularizers: try RegularizerCatalog.all.map(regularizer)
    case .projections: try projections()
    }
  }

  /// A layer in its state, and in its weights where it has some.
  private func layer(
    _ name: String, _ store: ParameterStore, inputShape: [Int],
    _ layer: @escaping (Tensor) throws -> Tensor
  ) throws -> [Subject] {
    let u = try Self.normal(inputShape, seed: seed &+ 1)
    let state = Subject(
      name: name, variable: "state",
      function: VectorFunction { try layer($0.reshaped(inputShape)) },
      point: try u.reshaped([inputShape.reduce(1, *)]))
    guard !store.trainable.isEmpty else { return [state] }
    let weights = try ParameterVector(store.trainable)
    return [
      state,
      Subject(
        name: name, variable: "weights", function: VectorFunction(of: weights) { try layer(u) },
        point: try weights.values()),
    ]
  }

  private func store() -> ParameterStore { ParameterStore(seed: seed &+ 4, dataType: .float64) }

  private func fields(_ definition: any FieldDefinition) throws -> [Subject] {
    let shape =
      definition.states.contains(.images)
      ? [3, 6, 5] : definition.states.contains(.sequences) ? [3, 7] : [3]
    return try [true, false].flatMap { hasNorm in
      let store = store()
      let field = try definition.make(
        ParameterPath.root / "field", in: store, shape: FieldShape(inputs: 3),
        style: FieldStyle(batchNorm: hasNorm, bias: true))
      return try (0..<definition.branches).flatMap { branch in
        let function = definition.branches > 1 ? ", function \(branch)" : ""
        return try layer(
          "\(definition.name)\(function), \(hasNorm ? "batch norm" : "no norm")", store,
          inputShape: [4] + shape
        ) { try field($0, branch: branch, pass) }
      }
    }
  }

  private func norms(_ normalization: Normalization) throws -> [Subject] {
    let store = store()
    guard
      let norm = try FieldStyle(normalization: normalization).norm(
        ParameterPath.root / "norm", in: store, channels: 3)
    else { return [] }
    return try layer(normalization.rawValue, store, inputShape: [4, 3, 5, 4]) {
      try norm($0, pass)
    }
  }

  private func transitions(_ definition: any TransitionDefinition) throws -> [Subject] {
    let store = store()
    let transition = try definition.make(
      ParameterPath.root / "transition", in: store, from: 2, to: 6, stride: 2,
      style: FieldStyle(batchNorm: true, bias: false))
    let shape = definition.states.contains(.images) ? [3, 2, 6, 4] : [3, 2, 6]
    return try layer(definition.name, store, inputShape: shape) { try transition.map($0, pass) }
  }

  /// A network of three steps with smooth layers, in all of its weights.
  private func scheme(_ scheme: any Scheme) throws -> Subject {
    var options = NetworkOptions()
    (options.depth, options.widths, options.h, options.scheme) = (3, [4], 0.3, scheme.name)
    if scheme.consistentFor == .linear { (options.activation, options.bias) = (.identity, false) }
    let network = try NetworkCatalog.make(
      "parabolic", options, task: NetworkTask(inputShape: [2], classes: 3), seed: seed,
      dataType: .float64)
    let inputs = try Self.normal([5, 2], seed: seed &+ 1)
    let weights = try ParameterVector(network.parameters.trainable)
    return Subject(
      name: scheme.name, variable: "weights",
      function: VectorFunction(of: weights) { try network(inputs, pass) },
      point: try weights.values())
  }

  private func losses() throws -> [Subject] {
    let pixels = try Tensor([0, 2, 1, 1] as [Int64], shape: [1, 2, 2])
    let cases: [(String, any Objective, [Int], Tensor)] = [
      ("half squares", RegressionObjective(), [6, 2], try Self.normal([6, 2], seed: 9)),
      (
        "cross-entropy", ClassificationObjective(classes: 4), [6, 4],
        try Tensor([0, 3, 1, 2, 2, 0] as [Int64])
      ),
      ("cross-entropy of pixels", SegmentationObjective(classes: 3), [1, 3, 2, 2], pixels),
    ]
    return try cases.map { name, objective, shape, targets in
      Subject(
        name: name, variable: "outputs",
        function: VectorFunction { try objective.loss($0.reshaped(shape), targets) },
        point: try Self.normal([shape.reduce(1, *)], seed: seed &+ 1))
    }
  }

  /// A small network for points, which regularisers and projections are tried on.
  private func network(_ output: NetworkOutput) throws -> ResidualNetwork {
    var options = NetworkOptions()
    (options.depth, options.h, options.widths) = (4, 0.5, [3])
    return try NetworkCatalog.make(
      "parabolic", options, task: NetworkTask(inputShape: [2], output: output), seed: seed,
      dataType: .float64)
  }

  private func regularizer(_ definition: any RegularizerDefinition) throws -> Subject {
    let network = try network(.classes(2))
    let term = try definition.make(for: network)
    let weights = try ParameterVector(network.parameters.trainable)
    return Subject(
      name: definition.name, variable: "weights",
      function: VectorFunction(of: weights) { try term.value() }, point: try weights.values())
  }

  private func projections() throws -> [Subject] {
    let inputs = try Self.normal([12, 2], seed: seed &+ 1)
    let labels = try Tensor((0..<12).map { Int64($0 % 3) })
    let cases: [(String, NetworkOutput, any ReadoutProblem, Tensor)] = [
      (
        "least squares", .values(2), LeastSquaresReadout(alpha: 0.05),
        try Self.normal([12, 2], seed: 9)
      ),
      ("softmax", .classes(3), try SoftmaxReadout(classes: 3, alpha: 0.05), labels),
    ]
    return try cases.map { name, output, readout, targets in
      let problem = try VariableProjection(
        network(output), inputs: inputs, targets: targets, readout: readout)
      return Subject(
        name: name, variable: "weights",
        function: VectorFunction(of: problem.parameters) { try problem.objective() },
        point: try problem.parameters.values())
    }
  }
}
