import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Every network with the fused kernels in float32 against libtorch's own operations in float32 and in float64.
@Suite(.serialized) struct KernelTests {
  static let subjects = Subject.all.filter { $0.noise == nil }

  /// Loss, gradients one after the other, and running statistics.
  private struct Result {
    var logits: Tensor
    var gradients: [Tensor]
    var buffers: [Tensor]

    /// The distance to another of all gradients together, over the length of the other's.
    func gradientError(to exact: Result) throws -> Double {
      var (distance, size) = (0.0, 0.0)
      for (mine, theirs) in zip(gradients, exact.gradients) {
        distance += try (mine.cast(to: .float64) - theirs).square().sum().scalar()
        size += try theirs.square().sum().scalar()
      }
      return (distance / max(size, 1e-300)).squareRoot()
    }
  }

  private func run(
    _ network: ResidualNetwork, _ input: Tensor, _ labels: Tensor, _ pass: ForwardPass,
    _ kernels: FusedKernels
  ) throws -> Result {
    let before = FusedKernels.current
    try kernels.use()
    defer { try? before.use() }
    let input = try input.shape.count == 4 ? input.contiguous(.channelsLast) : input
    let logits = try network(input, pass)
    let parameters = network.parameters.trainable
    let gradients = try Tensor.gradients(
      of: [logits.crossEntropy(labels)], withRespectTo: parameters.map(\.value))
    return Result(
      logits: try logits.detached(),
      gradients: try zip(gradients, parameters).map { try $0 ?? $1.value.detached() * 0 },
      buffers: try network.parameters.all.filter { !$0.isTrainable }.map { try $0.value.copied() })
  }

  @Test("Logits, gradients and running statistics of every network", arguments: subjects)
  func everyNetwork(subject: Subject) throws {
    for pass in [ForwardPass.training, .evaluation] {
      func result(_ type: DataType, _ kernels: FusedKernels) throws -> Result {
        let network = try subject.make(type)
        let rounded = try subject.make(.float32)
        for (parameter, other) in zip(network.parameters.all, rounded.parameters.all) {
          try withoutGradients { try parameter.assign(other.value.detached().cast(to: type)) }
        }
        return try run(
          network, subject.input(.float32).cast(to: type), subject.labels(), pass, kernels)
      }
      let exact = try result(.float64, .automatic)
      let reference = try result(.float32, .reference)
      let fused = try result(.float32, .automatic)
      func worst(_ mine: [Tensor], _ theirs: [Tensor]) throws -> Double {
        try zip(mine, theirs).map { try $0.cast(to: .float64).relativeError(to: $1) }.max() ?? 0
      }
      // Where both are near to rounding, or no ReLU has switched, either may be the nearer one.
      let logits = try (
        worst([fused.logits], [exact.logits]), worst([reference.logits], [exact.logits])
      )
      #expect(logits.0 <= max(1.5 * logits.1, 1e-5))
      let gradients = try (
        fused.gradientError(to: exact), reference.gradientError(to: exact)
      )
      Worst.fused.note(gradients.0, "\(subject.testDescription), composed \(gradients.1)")
      #expect(gradients.0 <= max(1.5 * gradients.1, 1e-4))
      let buffers = try (
        worst(fused.buffers, exact.buffers), worst(reference.buffers, exact.buffers)
      )
      #expect(buffers.0 <= max(1.5 * buffers.1, 1e-5))
    }
  }

  @Test(
    "States in bfloat16: fused kernels are no worse than libtorch's operations", arguments: subjects
  )
  func halfTheMemory(subject: Subject) throws {
    func result(_ type: DataType, _ states: DataType?, _ kernels: FusedKernels) throws -> Result {
      let network = try subject.make(type)
      try network.keepStates(as: states)
      let rounded = try subject.make(.float32)
      for (parameter, other) in zip(network.parameters.all, rounded.parameters.all) {
        try withoutGradients { try parameter.assign(other.value.detached().cast(to: type)) }
      }
      return try run(
        network, subject.input(.float32).cast(to: type), subject.labels(), .training, kernels)
    }
    let exact = try result(.float64, nil, .reference)
    let fused: Result
    do { fused = try result(.float32, .bfloat16, .automatic) } catch let error as OptionError {
      // An adjoint that cannot do with so few bits says so.
      #expect(error.option == "adjoint")
      return
    }
    let reference = try result(.float32, .bfloat16, .reference)
    #expect(try fused.logits.dataType == .float32)
    for gradient in fused.gradients { #expect(try gradient.dataType == .float32) }
    let errors = try (fused.gradientError(to: exact), reference.gradientError(to: exact))
    Worst.halves.note(errors.0, "\(subject.testDescription), composed \(errors.1)")
    #expect(errors.0 <= max(1.5 * errors.1, 0.02), "\(errors)")
  }

  @Test(
    "Convolutions are no further off than libtorch's",
    arguments: ["resnet-20", "preresnet-20", "lm-resnet-20", "revnet-38", "procresnet-22"],
    [(DataType.float32, nil), (.bfloat16, nil), (.float32, Activation.tanh)])
  func convolutions(name: String, mode: (states: DataType, activation: Activation?)) throws {
    let states = mode.states
    func result(_ type: DataType, _ kernels: FusedKernels) throws -> Result? {
      var options = NetworkOptions()
      options.h = 0.1
      options.activation = mode.activation
      let states = type == .float64 || states == type ? nil : states
      guard
        let network = try? NetworkCatalog.make(
          name, options, task: NetworkTask(inputShape: [3, 32, 32], classes: 5), seed: 3,
          dataType: type, stateType: states)
      else { return nil }
      let rounded = try NetworkCatalog.make(
        name, options, task: NetworkTask(inputShape: [3, 32, 32], classes: 5), seed: 3)
      for (parameter, other) in zip(network.parameters.all, rounded.parameters.all) {
        try withoutGradients { try parameter.assign(other.value.detached().cast(to: type)) }
      }
      let input = try Tensor.normal([16, 3, 32, 32], seed: 5).cast(to: .float32)
      let labels = try Tensor((0..<16).map { Int64($0 % 5) })
      return try run(network, input.cast(to: type), labels, .training, kernels)
    }
    guard let exact = try result(.float64, .reference),
      let fused = try result(.float32, .automatic), let reference = try result(.float32, .reference)
    else { return }  // An adjoint that cannot do with so few bits.
    let errors = try (fused.gradientError(to: exact), reference.gradientError(to: exact))
    Worst.fused.note(errors.0, "\(name), \(states), libtorch \(errors.1)")
    // In bfloat16 the rounding of states decides both, as a ReLU may that has switched.
    #expect(errors.0 <= 1.1 * errors.1, "\(errors)")
  }

  @Test("States in bfloat16 are states in bfloat16")
  func statesAreHalves() throws {
    let network = try NetworkCatalog.make(
      "resnet-20", task: NetworkTask(inputShape: [2, 8, 8], classes: 3), stateType: .bfloat16)
    var pass = ForwardPass.evaluation
    pass.stateType = network.stateType
    let input = try Tensor.normal([4, 2, 8, 8], seed: 5).cast(to: .bfloat16)
    var state = try network.stem(input, pass)
    for stage in network.stages {
      state = try stage(state, pass) { seen in
        let type = try seen.dataType
        #expect(type == .bfloat16)
      }
    }
    #expect(try state.dataType == .bfloat16)
  }

  @Test(
    "Gradients with respect to a stage's input are whole", arguments: SchemeCatalog.all.map(\.name))
  func inputsOfStages(scheme: String) throws {
    func gradient(_ kernels: FusedKernels) throws -> Tensor? {
      let before = FusedKernels.current
      try kernels.use()
      defer { try? before.use() }
      let store = ParameterStore(seed: 3)
      let style = FieldStyle()
      let stem = try ImageStem(.root / "stem", in: store, from: 2, to: 4, style: style)
      let fields = try (0..<4).map {
        try BasicField(
          .root / "steps" / $0, in: store, shape: FieldShape(inputs: 4, outputs: 4), style: style)
      }
      let definition = try #require(SchemeCatalog.all.first { $0.name == scheme })
      guard
        let stage = try? Stage(
          .root, scheme: definition, grid: TimeGrid(steps: 4, size: 0.5), activation: .identity,
          transition: nil, fields: fields)
      else { return nil }
      let image = try Tensor.normal([4, 2, 6, 6], seed: 5).cast(to: .float32)
        .contiguous(.channelsLast)
      let u = try stem(image, .training)
      let weights = try Tensor.normal([4, 4, 6, 6], seed: 6).cast(to: .float32)
      return try Tensor.gradients(
        of: [(stage(u, .training) * weights).sum()], withRespectTo: [u])[0]
    }
    guard let fused = try gradient(.automatic), let reference = try gradient(.reference) else {
      return  // Not a scheme for such fields.
    }
    let error = try fused.cast(to: .float64).relativeError(to: reference.cast(to: .float64))
    #expect(error <= 1e-4, "\(error)")
  }

  @Test(
    "An activation that its own gradient needs is not overwritten", arguments: ["tanh", "relu"])
  func keptActivations(activation: String) throws {
    var options = NetworkOptions()
    options.field = "conv"
    options.transition = "none"
    options.activation = Activation(rawValue: activation)
    for kernels in [FusedKernels.automatic, .reference] {
      let network = try NetworkCatalog.make(
        "resnet-14", options, task: NetworkTask(inputShape: [2, 8, 8], classes: 3), seed: 3)
      let result = try run(
        network, .normal([4, 2, 8, 8], seed: 5).cast(to: .float32),
        Tensor([0, 1, 2, 1] as [Int64]), .training, kernels)
      #expect(result.gradients.count == network.parameters.trainable.count)
    }
  }

  @Test("Steps that are computed again give the same bits and leave running statistics alone")
  func replayed() throws {
    for name in ["resnet-20", "lm-resnet-20", "preresnet-20", "imagenet-resnet-50"] {
      func result(_ adjoint: String) throws -> Result {
        var options = NetworkOptions()
        options.adjoint = adjoint
        let size = name.hasPrefix("imagenet") ? 32 : 8
        let network = try NetworkCatalog.make(
          name, options, task: NetworkTask(inputShape: [2, size, size], classes: 3), seed: 3)
        return try run(
          network, .normal([4, 2, size, size], seed: 5).cast(to: .float32),
          Tensor([0, 1, 2, 1] as [Int64]), .training, .automatic)
      }
      let (stored, other) = (try result("stored"), try result("checkpointed:segment=2"))
      #expect(try other.logits.isIdentical(to: stored.logits), "\(name)")
      for (mine, theirs) in zip(other.gradients + other.buffers, stored.gradients + stored.buffers)
      {
        #expect(try mine.relativeError(to: theirs) <= 1e-6, "\(name)")
      }
    }
  }

  @Test("The kernels are in use where nothing else is asked for")
  func used() throws {
    var options = NetworkOptions()
    options.h = 0.1
    let network = try NetworkCatalog.make(
      "resnet-20", options, task: NetworkTask(inputShape: [2, 8, 8], classes: 3), seed: 3)
    let input = try Tensor.normal([4, 2, 8, 8], seed: 5).cast(to: .float32)
    let labels = try Tensor([0, 1, 2, 1] as [Int64])
    let fused = try run(network, input, labels, .training, .automatic)
    let composed = try run(network, input, labels, .training, .reference)
    #expect(try !fused.logits.isIdentical(to: composed.logits))
    #expect(try fused.logits.relativeError(to: composed.logits) <= 1e-5)
  }
}
