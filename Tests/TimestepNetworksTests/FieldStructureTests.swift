import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// What the equations of the fields promise: operators, Jacobians, signs and linear solves.
@Suite struct FieldStructureTests {
  private static let root = ParameterPath.root / "f"

  private func field(
    _ name: String, inputs: Int = 3, activation: Activation = .tanh,
    normalization: Normalization = .none, bias: Bool = true,
    in store: ParameterStore = ParameterStore(seed: 3, dataType: .float64)
  ) throws -> any ResidualField {
    try FieldCatalog.definition(named: name).make(
      Self.root, in: store, shape: FieldShape(inputs: inputs),
      style: FieldStyle(normalization: normalization, activation: activation, bias: bias))
  }

  /// The matrix `[d, d]` of a linear map of states of the given shape: its values on the unit vectors.
  private func matrix(_ shape: [Int], _ map: (Tensor) throws -> Tensor) throws -> Tensor {
    let d = shape.reduce(1, *)
    let columns = try map(unit(d).reshaped([d] + shape)).reshaped([d, d])
    return try columns.transposed()
  }

  private func unit(_ d: Int) throws -> Tensor {
    let numbers = try Tensor.range(to: Double(d), .float64)
    return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
  }

  /// The Jacobian `[N, d, d]` of a map that treats each example by itself, by automatic differentiation.
  private func jacobian(at u: Tensor, _ map: (Tensor) throws -> Tensor) throws -> Tensor {
    let u = try u.detached().copied()
    try u.setRequiresGradient()
    let value = try map(u).flattened(from: 1)
    let rows = try (0..<value.shape[1]).map { index in
      let gradient = try Tensor.gradients(
        of: [value.selected(index, axis: 1).sum()], withRespectTo: [u], retainGraph: true)[0]
      return try #require(gradient).flattened(from: 1)
    }
    return try .stacked(rows, axis: 1)
  }

  @Test(
    "The antisymmetric operator and its adjoint add up to -2 gamma",
    arguments: [
      ("antisymmetric", [5]), ("antisymmetric:strict=yes", [5]), ("antisymmetric-conv", [3, 4, 5]),
      ("antisymmetric-conv1d", [3, 7]),
      ("antisymmetric-conv", [2, 1, 3]),
      ("antisymmetric-conv:padding=periodic", [2, 4, 3]),
    ])
  func antisymmetric(name: String, shape: [Int]) throws {
    for gamma in [1e-4, 0, 0.75] {
      let text = name + (name.contains(":") ? "," : ":") + "gamma=\(gamma)"
      let field = try field(text, inputs: shape[0], activation: .identity, bias: false)
      let a = try matrix(shape) { try field($0, .evaluation) }
      let sum = try a + a.transposed()
      let d = shape.reduce(1, *)
      #expect(try (sum + unit(d) * (2 * gamma)).absolute().max().scalar() < 1e-12)
      #expect(try a.absolute().max().scalar() > 0.01)
    }
  }

  @Test("The strict form has d (d - 1) / 2 weights, all of which act; a single number has none")
  func strict() throws {
    let store = ParameterStore(dataType: .float64)
    let field = try field(
      "antisymmetric:strict=yes,gamma=0", inputs: 5, activation: .identity, bias: false, in: store)
    #expect(store.all.map(\.path) == ["f.linear.weight"])
    let weights = try #require(store["f.linear.weight"]).value.scalars(Double.self)
    let a = try matrix([5]) { try field($0, .evaluation) }.scalars(Double.self)
    var lower: [Double] = []
    for row in 1..<5 { lower += (0..<row).map { a[5 * row + $0] } }
    #expect(lower == weights)
    #expect(throws: ShapeError.self) { try self.field("antisymmetric:strict=yes", inputs: 1) }
  }

  @Test(
    "The parabolic Jacobian is symmetric and negative semi-definite",
    arguments: [
      ("parabolic", [4]), ("parabolic:hidden=2", [4]), ("parabolic-conv", [2, 4, 3]),
      ("parabolic-conv1d", [3, 6]),
      ("parabolic-conv:padding=periodic,hidden=3", [2, 4, 3]),
    ])
  func parabolic(name: String, shape: [Int]) throws {
    for activation in Activation.allCases {
      let field = try field(name, inputs: shape[0], activation: activation)
      let u = try Tensor.normal([3] + shape, seed: 6)
      let j = try jacobian(at: u) { try field($0, .evaluation) }
      #expect(try (j - j.transposed()).absolute().max().scalar() < 1e-12)
      let eigenvalues = try j.hermitianEigen().values
      #expect(try eigenvalues.max().scalar() < 1e-12)
      #expect(try eigenvalues.min().scalar() < -0.01)
    }
  }

  @Test(
    "One-layer Hamiltonian pairs",
    arguments: [
      ("hamiltonian", [4]), ("hamiltonian-conv1d", [3, 6]), ("hamiltonian-conv", [2, 4, 3]),
    ])
  func hamiltonian(name: String, shape: [Int]) throws {
    // Linear and without bias: Z' = -K^T Y, Y' = K Z.
    let linear = try field(name, inputs: shape[0], activation: .identity, bias: false)
    let first = try matrix(shape) { try linear($0, branch: 0, .evaluation) }
    let second = try matrix(shape) { try linear($0, branch: 1, .evaluation) }
    #expect(try (first + second.transposed()).absolute().max().scalar() < 1e-14)
    // With act = relu the first is never positive and the second never negative; the bias is shared.
    let store = ParameterStore(seed: 3, dataType: .float64)
    let field = try field(name, inputs: shape[0], activation: .relu, in: store)
    let zero = try Tensor.zeros([1] + shape, .float64)
    let values = try (0..<2).map { try field(zero, branch: $0, .evaluation) }
    #expect(try (values[0] + values[1]).absolute().max().scalar() == 0)
    #expect(try values[1].max().scalar() > 0 && values[1].min().scalar() >= 0)
    #expect(store.all.count == 2)
    // F = relu^2 / 2, so that H = (|f_0|^2 + |f_1|^2) / 2, which is kept along the pair.
    let (z, y) = try (Tensor.normal([2] + shape, seed: 8), Tensor.normal([2] + shape, seed: 9))
    for half in [z, y] { try half.setRequiresGradient() }
    let (f0, f1) = try (field(y, branch: 0, .evaluation), field(z, branch: 1, .evaluation))
    let energy = try (f0.square().sum() + f1.square().sum()) * 0.5
    let slopes = try Tensor.gradients(of: [energy], withRespectTo: [z, y], retainGraph: true)
    let growths = try [#require(slopes[0]) * f0, #require(slopes[1]) * f1].map {
      try $0.sum().scalar()
    }
    #expect(abs(growths[0]) > 0.01 && abs(growths[0] + growths[1]) < 1e-12)
  }

  @Test(
    "Two-layer Hamiltonian pairs: Jacobians of opposite sign",
    arguments: [("hamiltonian-2:hidden=5", [4]), ("hamiltonian-2-conv", [2, 4, 3])])
  func doubleHamiltonian(name: String, shape: [Int]) throws {
    let field = try field(name, inputs: shape[0])
    for (branch, sign) in [(0, 1.0), (1, -1.0)] {
      let u = try Tensor.normal([2] + shape, seed: 6)
      let j = try jacobian(at: u) { try field($0, branch: branch, .evaluation) } * sign
      #expect(try (j - j.transposed()).absolute().max().scalar() < 1e-12)
      #expect(try j.hermitianEigen().values.min().scalar() > -1e-12)
    }
  }

  private static let solvers = [
    "dense", "single", "antisymmetric", "antisymmetric:strict=yes,gamma=0.5", "parabolic",
    "parabolic:hidden=6",
  ]

  @Test("(I - c J)^{-1} against the Jacobian by differentiation", arguments: solvers)
  func linearizedSolve(name: String) throws {
    for (activation, c) in [
      (Activation.tanh, 0.7), (.identity, -0.3), (.smoothReLU, 0.2), (.relu, 1),
    ] {
      let field = try field(name, inputs: 4, activation: activation)
      #expect(field.capabilities.contains(.linearizedSolve))
      let u = try Tensor.normal([5, 4], seed: 6)
      let v = try Tensor.normal([5, 4], seed: 7)
      let j = try jacobian(at: u) { try field($0, .evaluation) }
      let expected = try (unit(4) - j * c).solve(v.unsqueezed(2)).squeezed(2)
      let x = try field.solvingLinearized(v, factor: c, around: u, .evaluation)
      #expect(try x.relativeError(to: expected) < 1e-12)
    }
  }

  @Test("Gradients flow through the linear solve", arguments: solvers)
  func solveGradient(name: String) throws {
    let store = ParameterStore(seed: 3, dataType: .float64)
    let field = try field(name, inputs: 4, in: store)
    let u = try Tensor.normal([3, 4], seed: 6)
    let v = try Tensor.normal([3, 4], seed: 7)
    for leaf in [u, v] { try leaf.setRequiresGradient() }
    let weights = store.trainable.filter { $0.path.hasSuffix("weight") }.map(\.value)
    try check([u, v] + weights) {
      try field.solvingLinearized(v, factor: 0.6, around: u, .training)
    }
  }

  /// The gradients of a function of leaves against central differences along one direction each.
  private func check(_ leaves: [Tensor], _ function: () throws -> Tensor) throws {
    let seed = try Tensor.normal(function().shape, seed: 20)
    let gradients = try Tensor.gradients(of: [(function() * seed).sum()], withRespectTo: leaves)
    for (leaf, gradient) in zip(leaves, gradients) {
      let start = try leaf.detached().copied()
      let direction = try Tensor.normal(leaf.shape, seed: 21)
      let sides = try withoutGradients {
        try [1e-6, -1e-6].map { change in
          try leaf.copyInPlace(from: start.adding(direction, scaledBy: change))
          return try (function() * seed).sum().scalar()
        }
      }
      try withoutGradients { try leaf.copyInPlace(from: start) }
      let slope = try (#require(gradient) * direction).sum().scalar()
      let difference = (sides[0] - sides[1]) / 2e-6
      #expect(abs(slope - difference) < 1e-6 * max(1, abs(slope)))
    }
  }

  @Test(
    "The parabolic field's L is minus its linear part, and I + c L is undone by its dense inverse",
    arguments: [
      ("parabolic:hidden=5", [4]), ("parabolic-conv:padding=periodic,hidden=3", [2, 4, 5]),
      ("parabolic-conv:padding=periodic", [2, 2, 1]),
    ])
  func parabolicStiffness(name: String, shape: [Int]) throws {
    let store = ParameterStore(seed: 3, dataType: .float64)
    let field = try field(
      name, inputs: shape[0], activation: .identity, bias: false, in: store)
    let u = try Tensor.normal([3] + shape, seed: 6)
    #expect(try field.stiffOperator(u).relativeError(to: -field(u, .evaluation)) < 1e-13)
    let d = shape.reduce(1, *)
    let l = try matrix(shape) { try field.stiffOperator($0) }
    let inverse = try matrix(shape) { try field.solvingStiff($0, factor: 3) }
    let product = try (unit(d) + l * 3).matrixProduct(inverse)
    #expect(try (product - unit(d)).absolute().max().scalar() < 1e-12)
    try u.setRequiresGradient()
    try check([u] + store.trainable.map(\.value)) { try field.solvingStiff(u, factor: 0.5) }
  }

  @Test(
    "The periodic Laplacian is symmetric, has zero row sums, and I + c L is undone",
    arguments: [[2, 5, 4], [1, 1, 6], [2, 7], [1, 1], [2, 2, 2]])
  func diffusion(shape: [Int]) throws {
    let laplacian = try PeriodicLaplacian(strength: 0.4)
    let l = try matrix(shape) { try laplacian($0) }
    #expect(try (l - l.transposed()).absolute().max().scalar() < 1e-14)
    #expect(try l.sum([1]).absolute().max().scalar() < 1e-14)
    let largest = 0.4 * 4 * Double(shape.count - 1)
    let eigenvalues = try l.hermitianEigen().values
    #expect(try eigenvalues.min().scalar() > -1e-13)
    #expect(try eigenvalues.max().scalar() <= largest + 1e-13)
    let v = try Tensor.normal([3] + shape, seed: 4)
    for c in [0, 0.3, 50] {
      let u = try laplacian.solving(v, factor: c)
      #expect(try (u + laplacian(u) * c).relativeError(to: v) < 1e-12)
    }
    try v.setRequiresGradient()
    try check([v]) { try laplacian.solving(v, factor: 0.8).tanh() }
  }

  @Test("On points the diffusion is a multiple of the identity; it needs a strength of 0 or more")
  func damping() throws {
    let damping = try PeriodicLaplacian(strength: 0.4)
    let v = try Tensor.normal([3, 2], seed: 4)
    #expect(try damping(v).relativeError(to: v * 0.4) < 1e-15)
    #expect(try damping.solving(v, factor: 5).relativeError(to: v * (1.0 / 3)) < 1e-15)
    for strength in [-1, .nan, .infinity] {
      #expect(throws: OptionError.self) { try PeriodicLaplacian(strength: strength) }
    }
  }

  @Test("A field with diffusion is the field minus L u, and offers both to schemes")
  func diffusionField() throws {
    let laplacian = try PeriodicLaplacian(strength: 0.4)
    let definition = DiffusionDefinition(of: BasicField.Definition(), laplacian)
    let style = FieldStyle(normalization: .none, bias: true)
    func make(_ definition: any FieldDefinition, _ shape: FieldShape) throws -> any ResidualField {
      try definition.make(
        Self.root, in: ParameterStore(dataType: .float64), shape: shape, style: style)
    }
    let shape = FieldShape(inputs: 2)
    let field = try make(definition, shape)
    let plain = try make(BasicField.Definition(), shape)
    let u = try Tensor.normal([2, 2, 5, 4], seed: 1)
    let expected = try plain(u, .evaluation) - laplacian(u)
    #expect(try field(u, .evaluation).isIdentical(to: expected))
    #expect(try field.stiffOperator(u).isIdentical(to: laplacian(u)))
    #expect(try field.solvingStiff(u, factor: 2).isIdentical(to: laplacian.solving(u, factor: 2)))
    // Where the shape changes there is no diffusion.
    let other = try make(definition, FieldShape(inputs: 2, outputs: 3, stride: 2))
    #expect(other is BasicField && other.capabilities.isEmpty)
  }

  @Test("Branches have weights of their own and are the fields that they are made of")
  func branches() throws {
    let basic = BasicField.Definition()
    let store = ParameterStore(dataType: .float64)
    let style = FieldStyle(normalization: .none, bias: true)
    let shape = FieldShape(inputs: 2)
    let pair = try BranchedDefinition(of: basic, count: 2).make(
      Self.root, in: store, shape: shape, style: style)
    let u = try Tensor.normal([2, 2, 5, 4], seed: 1)
    for branch in 0..<2 {
      let single = try basic.make(
        Self.root / "branches" / branch, in: ParameterStore(dataType: .float64), shape: shape,
        style: style)
      #expect(try pair(u, branch: branch, .evaluation).isIdentical(to: single(u, .evaluation)))
    }
    #expect(store["f.branches.1.conv2.weight"] != nil)
    #expect(throws: OptionError.self) {
      try BranchedDefinition(of: HamiltonianField.Definition(.points), count: 2)
    }
  }
}
