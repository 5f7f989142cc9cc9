import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// The lecture's derivative and adjoint tests for every field and every transition, in the state and in the weights.
@Suite struct DerivativeTests {
  /// A field by itself: the subjects with one scheme each.
  static let subjects = FieldSubject.all.filter {
    ["euler", "hamiltonian"].contains($0.scheme.name)
  }

  @Test("Fields in the state and in their weights", arguments: subjects)
  func fields(subject: FieldSubject) throws {
    let store = ParameterStore(seed: 4, dataType: .float64)
    let field = try subject.makeField(ParameterPath.root / "field", in: store)
    for branch in 0..<subject.field.branches {
      try check(store, inputShape: [4] + subject.inputShape) { u in
        try field(u, branch: branch, .replay)
      }
    }
  }

  @Test("Transitions in the state and in their weights", arguments: TransitionSubject.all)
  func transitions(subject: TransitionSubject) throws {
    let store = ParameterStore(seed: 4, dataType: .float64)
    let transition = try subject.make(in: store)
    try check(store, inputShape: [3, 2, 6, 4]) { try transition.map($0, .replay) }
  }

  private func check(
    _ store: ParameterStore, inputShape: [Int], _ layer: @escaping (Tensor) throws -> Tensor
  ) throws {
    let u = try Tensor.normal(inputShape, seed: 1)
    let size = inputShape.reduce(1, *)
    try check(VectorFunction { try layer($0.reshaped(inputShape)) }, at: u.reshaped([size]))
    guard !store.trainable.isEmpty else { return }
    let weights = try ParameterVector(store.trainable)
    try check(VectorFunction(of: weights) { try layer(u) }, at: weights.values())
  }

  private func check(_ function: VectorFunction, at x: Tensor) throws {
    // Short: less likely across a kink of ReLU.
    let v = try Tensor.normal(x.shape, seed: 2) * 0.01
    let test = try DerivativeTest(of: function, at: x, along: v)
    #expect(test.passes)
    #expect(test.relativeError < 1e-5, "\(test.relativeError)")
    let adjoint = try AdjointTest(
      of: function, at: x, along: v, against: .normal(function(x).shape, seed: 3))
    #expect(adjoint.passes, "\(adjoint)")
  }
}

extension ForwardPass {
  /// A training pass that leaves running statistics alone.
  fileprivate static var replay: ForwardPass {
    var pass = ForwardPass.training
    pass.isReplay = true
    return pass
  }
}
