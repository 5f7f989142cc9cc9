import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// The derivative and adjoint tests on functions whose derivatives are known, and on losses and regularisers.
@Suite("Derivative and adjoint tests")
struct DerivativeTestTests {
  private let cube = VectorFunction { try $0 * $0 * $0 }

  @Test("E0 and E1 are those of a cubic, with their orders")
  func errors() throws {
    let test = try DerivativeTest(of: cube, at: Tensor([2.0]), along: Tensor([1.0]))
    #expect(test.rows.count == 30)
    for row in test.rows.prefix(8) {
      // (2 + h)^3 - 8 = 12 h + 6 h^2 + h^3
      #expect(abs(row.e0 - (12 * row.h + 6 * row.h * row.h + row.h * row.h * row.h)) < 1e-12)
      #expect(abs(row.e1 - (6 * row.h * row.h + row.h * row.h * row.h)) < 1e-12)
    }
    #expect(abs((test.rows[7].order0 ?? 0) - 1) < 0.01)
    #expect(abs((test.rows[7].order1 ?? 0) - 2) < 0.01)
    #expect(test.passes && test.relativeError < 1e-6)
  }

  @Test("A wrong derivative fails; one that is a little wrong shows in the relative error")
  func wrong() throws {
    let x = try Tensor.normal([5], seed: 1)
    let v = try Tensor.normal([5], seed: 2)
    let right = try DerivativeTest(of: cube, at: x, along: v) { try x.square() * 3 * $0 }
    #expect(right.passes && right.relativeError < 1e-6)
    let double = try DerivativeTest(of: cube, at: x, along: v) { try x.square() * 6 * $0 }
    #expect(!double.passes && double.relativeError > 0.5)
    let near = try DerivativeTest(of: cube, at: x, along: v) { try x.square() * 3.01 * $0 }
    #expect(near.relativeError > 1e-3)
  }

  @Test("A linear function leaves nothing, a constant one neither")
  func linear() throws {
    let x = try Tensor([1.0, 2])
    let v = try Tensor([0.5, 0.25])
    let linear = try DerivativeTest(of: VectorFunction { try $0 * 4 }, at: x, along: v)
    #expect(linear.passes && linear.relativeError == 0)
    let constant = try DerivativeTest(
      of: VectorFunction { _ in try Tensor(2, .float64) }, at: x, along: v)
    #expect(constant.passes && constant.relativeError == 0)
  }

  @Test("Products with the Jacobian are those of the matrix")
  func products() throws {
    let a = try Tensor.normal([4, 3], seed: 1)
    let function = VectorFunction { try a.matrixProduct($0).tanh() }
    let x = try Tensor.normal([3], seed: 2)
    let linear = try function.linearized(at: x)
    let jacobian = try (a.matrixProduct(x).tanh().square() * -1 + 1).unsqueezed(1) * a
    for seed in 3..<6 as Range<UInt64> {
      let v = try Tensor.normal([3], seed: seed)
      let w = try Tensor.normal([4], seed: seed + 10)
      #expect(try linear.product(v).relativeError(to: jacobian.matrixProduct(v)) < 1e-14)
      let expected = try jacobian.transposed().matrixProduct(w)
      #expect(try linear.transposedProduct(w).relativeError(to: expected) < 1e-14)
      #expect(try AdjointTest(of: function, at: x, along: v, against: w).passes)
    }
    let v = try Tensor.normal([3], seed: 7)
    let w = try Tensor.normal([4], seed: 8)
    let wrong = try AdjointTest(
      { try a.matrixProduct($0) }, adjoint: { try a.transposed().matrixProduct($0) * 1.0001 },
      at: v,
      against: w)
    #expect(!wrong.passes && abs(wrong.relativeError - 1e-4) < 1e-12)
  }

  @Test("Every loss", arguments: ["regression", "classification", "segmentation"])
  func losses(name: String) throws {
    let (objective, shape, targets): (any Objective, [Int], Tensor) =
      switch name {
      case "regression": (RegressionObjective(), [6, 2], try .normal([6, 2], seed: 9))
      case "classification":
        (ClassificationObjective(classes: 4), [6, 4], try Tensor([0, 3, 1, 2, 2, 0] as [Int64]))
      default:
        (
          SegmentationObjective(classes: 3), [1, 3, 2, 2],
          try Tensor([0, 2, 1, 1] as [Int64], shape: [1, 2, 2])
        )
      }
    let function = VectorFunction { try objective.loss($0.reshaped(shape), targets) }
    let count = shape.reduce(1, *)
    try check(function, at: .normal([count], seed: 1), against: Tensor(1.5, .float64))
    // The gradient is a function as well: its test is one of the second derivatives.
    let slopes = VectorFunction { x in
      let value = try objective.loss(x.reshaped(shape), targets)
      return try #require(
        Tensor.gradients(of: [value], withRespectTo: [x], createGraph: true)[0])
    }
    try check(slopes, at: .normal([count], seed: 2), against: .normal([count], seed: 3))
  }

  @Test("Every regulariser", arguments: RegularizerCatalog.all)
  func regularizers(kind: any RegularizerDefinition) throws {
    var options = NetworkOptions()
    (options.depth, options.h, options.widths) = (4, 0.5, [3])
    let network = try NetworkCatalog.make(
      "parabolic", options, task: NetworkTask(inputShape: [2], classes: 2), dataType: .float64)
    let term = try kind.make(for: network)
    let parameters = try ParameterVector(network.parameters.trainable)
    let start = try parameters.values()
    let function = VectorFunction(of: parameters) { try term.value() }
    try check(function, at: start, against: Tensor(0.7, .float64))
    #expect(try parameters.values().relativeError(to: start) == 0)
    let slopes = VectorFunction(of: parameters) {
      try parameters.gradient(of: term.value(), createGraph: true)
    }
    try check(slopes, at: start, against: .normal([parameters.count], seed: 3))
  }

  private func check(_ function: VectorFunction, at x: Tensor, against w: Tensor) throws {
    let v = try Tensor.normal(x.shape, seed: 100)
    let test = try DerivativeTest(of: function, at: x, along: v)
    #expect(test.passes)
    #expect(test.relativeError < 1e-6, "\(test.relativeError)")
    let adjoint = try AdjointTest(of: function, at: x, along: v, against: w)
    #expect(adjoint.passes, "\(adjoint)")
  }

  @Test("An adjoint that computes steps again is refused instead of giving zeros")
  func recomputed() throws {
    for adjoint in ["checkpointed", "reversible"] {
      var options = NetworkOptions()
      (options.depth, options.widths, options.adjoint) = (3, [4], adjoint)
      let network = try NetworkCatalog.make(
        "midpoint", options, task: NetworkTask(inputShape: [2], classes: 2), dataType: .float64)
      let parameters = try ParameterVector(network.parameters.trainable)
      let inputs = try Tensor.normal([3, 2], seed: 1)
      let function = VectorFunction(of: parameters) { try network(inputs, .training) }
      let linear = try function.linearized(at: parameters.values())
      #expect(throws: TensorError.self) {
        try linear.product(.normal([parameters.count], seed: 2))
      }
    }
  }
}
