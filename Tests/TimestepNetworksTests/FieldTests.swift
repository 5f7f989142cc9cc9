import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A kind of field with one of the norms, as the tests of all fields take it.
struct FieldVariant: Sendable, CustomTestStringConvertible {
  /// Every kind with every norm that it can have, and the kinds with their arguments.
  static let all: [FieldVariant] = definitions.flatMap { definition in
    Normalization.allCases.filter { $0 != .instance || definition.states != [.points] }
      .map { FieldVariant(definition: definition, normalization: $0) }
  }

  private static let definitions: [any FieldDefinition] = {
    let named = [
      "pre-activation:erased=yes", "bottleneck:erased=yes", "resnext:groups=2,width=128",
      "antisymmetric:strict=yes,gamma=0.5", "parabolic:hidden=5", "hamiltonian-2-conv:hidden=2",
      "antisymmetric-conv:padding=periodic", "parabolic-conv:padding=periodic,hidden=2",
    ]
    let varied = named.compactMap { try? FieldCatalog.definition(named: $0) }
    let basic = BasicField.Definition()
    let wrapped: [(any FieldDefinition)?] = [
      try? BranchedDefinition(of: basic, count: 3),
      try? DiffusionDefinition(of: basic, PeriodicLaplacian(strength: 0.3)),
    ]
    precondition(varied.count == named.count)
    return FieldSubject.fields + varied + wrapped.compactMap { $0 }
  }()

  let definition: any FieldDefinition
  let normalization: Normalization

  var testDescription: String { "\(definition.name), norm \(normalization.rawValue)" }

  func make(
    in store: ParameterStore = ParameterStore(seed: 5, dataType: .float64),
    shape: FieldShape = FieldShape(inputs: 3), activation: Activation = .tanh
  ) throws -> any ResidualField {
    let style = FieldStyle(normalization: normalization, activation: activation, bias: true)
    return try definition.make(ParameterPath.root / "f", in: store, shape: shape, style: style)
  }

  func input(count: Int = 4, seed: UInt64 = 1) throws -> Tensor {
    try .normal([count] + definition.smallShape, seed: seed)
  }
}

/// The vector fields by themselves.
@Suite struct FieldTests {
  private static let shapes = [
    FieldShape(inputs: 3), FieldShape(inputs: 3, hidden: 8),
    FieldShape(inputs: 3, outputs: 5, stride: 2), FieldShape(inputs: 3, outputs: 2),
  ]

  @Test(
    "Every function has the traced shape, also where it changes it", arguments: FieldVariant.all)
  func shapes(variant: FieldVariant) throws {
    for shape in Self.shapes {
      let store = ParameterStore(dataType: .float64)
      let changes = shape.inputs != shape.outputs
      let hasStride = variant.definition.states != [.points]
      guard !changes || (variant.definition.changesShape && (hasStride || shape.stride == 1)) else {
        #expect(throws: ShapeError.self) { try variant.make(in: store, shape: shape) }
        continue
      }
      let field = try variant.make(in: store, shape: shape, activation: .relu)
      #expect(field.branches == variant.definition.branches)
      var table = LayerTable()
      for branch in 0..<field.branches {
        let traced = try field.trace(variant.definition.smallShape, branch: branch, &table)
        let sizes = variant.definition.smallShape.dropFirst()
        #expect(traced == [shape.outputs] + sizes.map { ($0 - 1) / shape.stride + 1 })
        for pass in [ForwardPass.training, .evaluation] {
          let value = try field(variant.input(), branch: branch, pass)
          #expect(value.shape == [4] + traced)
        }
      }
      #expect(table.parameters == store.trainableCount)
      #expect(store.all.allSatisfy { $0.path.hasPrefix("f.") })
    }
  }

  @Test("Without a branch it is the first function", arguments: FieldVariant.all)
  func first(variant: FieldVariant) throws {
    let field = try variant.make()
    let input = try variant.input()
    let value = try field(input, branch: 0, .evaluation)
    #expect(try field(input, .evaluation).isIdentical(to: value))
    var (one, other) = (LayerTable(), LayerTable())
    let shape = variant.definition.smallShape
    #expect(try field.trace(shape, &one) == field.trace(shape, branch: 0, &other))
    #expect(one == other)
  }

  @Test("A field keeps the state it is given", arguments: FieldVariant.all)
  func untouched(variant: FieldVariant) throws {
    for activation in Activation.allCases {
      let field = try variant.make(activation: activation)
      let input = try variant.input()
      for branch in 0..<field.branches {
        _ = try field(input, branch: branch, .training)
        _ = try field(input, branch: branch, .evaluation)
      }
      #expect(try input.isIdentical(to: variant.input()))
    }
  }

  @Test("Without batch norm each example is by itself", arguments: FieldVariant.all)
  func examples(variant: FieldVariant) throws {
    guard variant.normalization != .batch else { return }
    let field = try variant.make(activation: .relu)
    let input = try variant.input()
    for branch in 0..<field.branches {
      let value = try field(input, branch: branch, .training)
      for example in 0..<4 {
        let single = try field(
          input.sliced(example..<example + 1), branch: branch, .training)
        #expect(try single.relativeError(to: value.sliced(example..<example + 1)) < 1e-12)
      }
    }
  }

  @Test(
    "Gradients against central differences, of states and parameters", arguments: FieldVariant.all)
  func gradients(variant: FieldVariant) throws {
    for activation in [Activation.tanh, .smoothReLU, .relu] {
      let store = ParameterStore(seed: 5, dataType: .float64)
      let field = try variant.make(in: store, activation: activation)
      let input = try variant.input()
      try input.setRequiresGradient()
      let leaves = store.trainable.map(\.value) + [input]
      let start = try leaves.map { try $0.detached().copied() }
      // All branches together, so that every parameter has a gradient.
      func value() throws -> Tensor {
        try .concatenated((0..<field.branches).map { try field(input, branch: $0, .training) })
      }
      let seed = try Tensor.normal(value().shape, seed: 2)
      let gradients = try Tensor.gradients(
        of: [(value() * seed).sum()], withRespectTo: leaves)
      for (index, leaf) in leaves.enumerated() {
        let gradient = try #require(gradients[index])
        let direction = try Tensor.normal(leaf.shape, seed: 10 + UInt64(index))
        let slope = try (gradient * direction).sum().scalar()
        let h = 1e-6
        let sides = try withoutGradients {
          try [h, -h].map { change in
            try leaf.copyInPlace(from: start[index].adding(direction, scaledBy: change))
            return try (value() * seed).sum().scalar()
          }
        }
        try withoutGradients { try leaf.copyInPlace(from: start[index]) }
        let difference = (sides[0] - sides[1]) / (2 * h)
        let length = try gradient.norm().scalar()
        let name = index < store.trainable.count ? store.trainable[index].path : "state"
        let error = abs(slope - difference) / max(abs(slope), 0.1 * length, 0.05)
        #expect(error < 1e-5, "\(name), \(activation.rawValue)")
      }
    }
  }

  @Test(
    "Saved and loaded into a field of another seed, it is the same", arguments: FieldVariant.all)
  func stored(variant: FieldVariant) throws {
    let stores = [1, 2].map { ParameterStore(seed: $0, dataType: .float64) }
    let fields = try stores.map { try variant.make(in: $0) }
    #expect(Set(stores[0].all.map(\.path)).count == stores[0].all.count)
    _ = try fields[0](variant.input(), .training)
    try stores[1].load(stores[0].safetensors(), from: "memory")
    for branch in 0..<fields[0].branches {
      let values = try fields.map { try $0(variant.input(), branch: branch, .evaluation) }
      #expect(try values[0].isIdentical(to: values[1]))
    }
  }

  @Test("A field refuses states of another kind", arguments: FieldVariant.all)
  func otherStates(variant: FieldVariant) throws {
    let field = try variant.make()
    for shape in [[3], [3, 7], [3, 6, 5], [2, 6, 5], [3, 6, 5, 4]] {
      guard let kind = StateKind(shape: shape), variant.definition.states.contains(kind),
        shape[0] == 3
      else {
        for branch in 0..<field.branches {
          var table = LayerTable()
          #expect(throws: ShapeError.self) { try field.trace(shape, branch: branch, &table) }
        }
        continue
      }
    }
  }

  @Test("What a field offers is what its definition says", arguments: FieldVariant.all)
  func capabilities(variant: FieldVariant) throws {
    let field = try variant.make()
    let input = try variant.input()
    #expect(field.capabilities.isSubset(of: variant.definition.capabilities))
    if variant.normalization == .none, variant.definition.branches == 1 {
      #expect(field.capabilities == variant.definition.capabilities)
    }
    if !field.capabilities.contains(.linearizedSolve) {
      #expect(throws: MissingCapability.self) {
        try field.solvingLinearized(input, factor: 1, around: input, .evaluation)
      }
    }
    if !field.capabilities.contains(.stiffSolve) {
      #expect(throws: MissingCapability.self) { try field.stiffOperator(input) }
      #expect(throws: MissingCapability.self) { try field.solvingStiff(input, factor: 1) }
    } else {
      // The two are inverse to each other.
      let u = try field.solvingStiff(input, factor: 0.7)
      #expect(u.shape == input.shape)
      #expect(try (u + field.stiffOperator(u) * 0.7).relativeError(to: input) < 1e-12)
    }
  }

  @Test("Arguments are refused by their key", arguments: FieldCatalog.all.map(\.name))
  func arguments(name: String) throws {
    let definition = try FieldCatalog.definition(named: name)
    for argument in definition.arguments {
      let error = #expect(throws: ArgumentError.self) {
        try FieldCatalog.definition(named: "\(name):\(argument.key)=-x")
      }
      #expect(error?.description.contains("\(argument.key)=-x") == true)
      #expect(!argument.meaning.isEmpty && !argument.standard.isEmpty)
    }
    #expect(throws: ArgumentError.self) { try FieldCatalog.definition(named: "\(name):nothing=1") }
  }

  @Test("Catalogs: names differ, and every entry says what it is")
  func catalogs() {
    let lists: [[any CatalogEntry]] = [
      FieldSubject.fields, Subject.families, TransitionCatalog.all,
    ]
    for list in lists {
      #expect(Set(list.map(\.name)).count == list.count)
      for entry in list {
        #expect(![entry.name, entry.title, entry.equation, entry.source].contains(""))
      }
    }
  }
}
