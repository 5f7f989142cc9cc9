import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// When kernels of networks are projected, and by what arguments.
@Suite struct ProjectionConstraintTests {
  private func definition(_ text: String) throws -> NormPreservingTransition.Definition {
    try #require(
      TransitionCatalog.definition(named: text) as? NormPreservingTransition.Definition)
  }

  private func transition(_ text: String, in store: ParameterStore) throws -> Transition {
    try definition(text).make(
      ParameterPath.root / "t", in: store, from: 3, to: 6, stride: 2,
      style: FieldStyle(batchNorm: true, bias: true))
  }

  @Test("Every m-th step, and always the initial values")
  func every() {
    let schedule = ProjectionSchedule.every(3)
    let due = (0...7).filter { schedule.isDue(afterStep: $0, seed: 0) }
    #expect(due == [0, 3, 6])
    #expect((0...3).allSatisfy { ProjectionSchedule.every(1).isDue(afterStep: $0, seed: 0) })
  }

  @Test("By chance: the same steps for the same seed, in the given proportion")
  func probability() {
    func due(_ probability: Double, seed: UInt64) -> [Int] {
      (1...4000).filter {
        ProjectionSchedule.probability(probability).isDue(afterStep: $0, seed: seed)
      }
    }
    for probability in [0.1, 0.5, 0.9] {
      let steps = due(probability, seed: 5)
      #expect(steps == due(probability, seed: 5))
      #expect(steps != due(probability, seed: 6))
      #expect(abs(Double(steps.count) / 4000 - probability) < 0.03)
    }
    #expect(due(0, seed: 1).isEmpty && due(1, seed: 1).count == 4000)
    #expect(ProjectionSchedule.probability(0).isDue(afterStep: 0, seed: 1))
  }

  @Test("Arguments of the transition")
  func arguments() throws {
    let standard = try definition("norm-preserving").settings
    #expect(standard == ProjectionSettings())
    #expect(standard.schedule == .every(2) && standard.isOn)
    #expect(standard.projection == ProcrustesProjection())
    let text = "norm-preserving:probability=0.5,method=svd,iterations=7,relu=yes,defect=yes"
    let settings = try definition(text).settings
    #expect(settings.schedule == .probability(0.5))
    #expect(settings.projection.method == .svd && settings.projection.iterations == 7)
    #expect(settings.projection.isFollowedByReLU && settings.projection.conjugationDefect)
    #expect(try definition("norm-preserving:every=5").settings.schedule == .every(5))
    #expect(try !definition("norm-preserving:project=no").settings.isOn)
    for wrong in [
      "every=0", "every=x", "probability=2", "method=qr", "iterations=0", "relu=1", "evry=2",
      "every=2,probability=0.5",
    ] {
      #expect(throws: ArgumentError.self, "\(wrong)") { try definition("norm-preserving:" + wrong) }
    }
    #expect(throws: ArgumentError.self) { try TransitionCatalog.definition(named: "pooling:a=b") }
  }

  @Test("A transition is projected when it is made, and again when it is its turn")
  func transition() throws {
    let store = ParameterStore(dataType: .float64)
    let transition = try transition("norm-preserving", in: store)
    let kernel = try #require(store["t.conv.weight"])
    func values() throws -> [Double] { try Kernels.singularValues(kernel.value, 1) }
    let s = 2.0.squareRoot()
    #expect(try values().allSatisfy { abs($0 - s) < 1e-9 })
    let constraint = try #require(transition.constraints.first)
    #expect(transition.constraints.count == 1)
    let moved = try Kernels.he(6, 3, 1, seed: 9)
    try kernel.assign(moved)
    try constraint.apply(afterStep: 1)
    #expect(try kernel.value.isIdentical(to: moved))
    try constraint.apply(afterStep: 2)
    #expect(try values().allSatisfy { abs($0 - s) < 1e-9 })
    #expect(try kernel.value.requiresGradient)
  }

  @Test("Without projection the transition is an ordinary convolution")
  func unprojected() throws {
    let store = ParameterStore(seed: 3, dataType: .float64)
    let transition = try transition("norm-preserving:project=no", in: store)
    #expect(transition.constraints.isEmpty)
    let plain = ParameterStore(seed: 3, dataType: .float64)
    _ = try Convolution2D(
      ParameterPath.root / "t" / "conv", in: plain, from: 3, to: 6, kernel: 1, bias: false)
    #expect(store.all.map(\.path) == plain.all.map(\.path))
    #expect(try store.all[0].value.isIdentical(to: plain.all[0].value))
  }

  @Test("The layers of a network are projected after the same steps")
  func together() throws {
    let store = ParameterStore(seed: 8, dataType: .float64)
    let settings = try definition("norm-preserving:probability=0.5").settings
    let stem = try NormPreservingStem(
      ParameterPath.root / "stem", in: store, from: 3, to: 4, size: [6, 5], settings: settings)
    let transition = try transition("norm-preserving:probability=0.5", in: store)
    let constraints = stem.constraints + transition.constraints
    #expect(constraints.count == 2)
    var projected: [Int] = []
    for step in 1...20 {
      let moved = try store.trainable.map { try Tensor.normal($0.value.shape, seed: 4) }
      try zip(store.trainable, moved).forEach { try $0.assign($1) }
      try constraints.forEach { try $0.apply(afterStep: step) }
      let changed = try zip(store.trainable, moved).map { try !$0.value.isIdentical(to: $1) }
      #expect(Set(changed).count == 1)
      if changed[0] { projected.append(step) }
    }
    #expect((4...16).contains(projected.count))
    #expect(
      projected
        == (1...20).filter { ProjectionSchedule.probability(0.5).isDue(afterStep: $0, seed: 8) })
  }

  @Test("The stem: a projected 3x3 kernel, the traced shape, one weight")
  func stem() throws {
    let store = ParameterStore(dataType: .float64, initializer: HeNormal())
    let stem = try NormPreservingStem(
      ParameterPath.root / "stem", in: store, from: 3, to: 8, size: [7, 6])
    #expect(store.all.map(\.path) == ["stem.conv.weight"])
    var table = LayerTable()
    #expect(try stem.trace([3, 7, 6], &table) == [8, 7, 6] && table.parameters == 216)
    let value = try stem(.normal([2, 3, 7, 6], seed: 1), .training)
    #expect(value.shape == [2, 8, 7, 6])
    let constraint = try #require(stem.constraints.first as? ProjectionConstraint)
    #expect(constraint.size == [7, 6] && constraint.parameter.path == "stem.conv.weight")
    let kernel = try #require(store["stem.conv.weight"]).value
    let energy = try kernel.square().sum().scalar() / 8
    #expect((0.8...1).contains(energy), "\(energy)")
  }

  @Test(
    "A kernel that is no longer finite is left to the trainer to find",
    arguments: ["svd", "newton-schulz"])
  func divergence(_ method: String) throws {
    let store = ParameterStore(dataType: .float64)
    let transition = try transition("norm-preserving:method=\(method)", in: store)
    try store.all[0].assign(Tensor.full([6, 3, 1, 1], .nan, .float64))
    try transition.constraints[0].apply(afterStep: 2)
    #expect(try !store.all[0].value.isAllFinite())
  }
}
