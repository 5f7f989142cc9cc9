import ComplexModule
import Foundation
import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Blocks as maps, their Jacobians, and what the Procrustes paper says about them.
@Suite struct BlockJacobianTests {
  private static let images = NetworkTask(inputShape: [2, 8, 8], classes: 3)

  @Test(
    "The blocks one after the other are the network",
    arguments: [
      "resnet-8", "preresnet-8", "lm-resnet-14", "plain-resnet-20", "procresnet-22", "revnet-14",
      "hamiltonian-6", "hamiltonian-2-6", "midpoint-6", "leapfrog-6", "antisymmetric-6",
      "polynet-8",
    ])
  func chain(name: String) throws {
    let (family, implied) = try NetworkCatalog.parse(name)
    var options = NetworkOptions()
    let task = Self.images
    let widths = try family.resolved(implied, for: task).widths ?? []
    options.widths = widths.indices.map { 4 + 2 * $0 }
    let network = try NetworkCatalog.make(name, options, task: task, seed: 3, dataType: .float64)
    let input = try Drawn.normal([1] + task.inputShape, seed: 4)
    let blocks = try network.blocks(of: input, .evaluation)
    #expect(blocks.count >= network.stages.reduce(0) { $0 + $1.grid.steps })
    #expect(Set(blocks.map(\.path)).count == blocks.count)
    for (block, next) in zip(blocks, blocks.dropFirst()) {
      let value = try block(block.input)
      let difference = try (value - next.input).norm().scalar()
      #expect(difference <= 1e-12 * (try next.input.norm().scalar() + 1), "\(block.path)")
    }
    let last = try #require(blocks.last)
    let expected = try network(input, .evaluation)
    let logits = try network.head(last(last.input), .evaluation)
    #expect(try (logits - expected).norm().scalar() <= 1e-12 * (1 + expected.norm().scalar()))
  }

  @Test(
    "The Jacobian of a block: products agree with the matrix and with differences",
    arguments: ["preresnet-8", "lm-resnet-14", "revnet-14", "antisymmetric-3"])
  func products(name: String) throws {
    var options = NetworkOptions()
    options.widths = [2, 2, 4]
    let task = NetworkTask(inputShape: [2, 6, 6], classes: 3)
    let network = try NetworkCatalog.make(name, options, task: task, seed: 3, dataType: .float64)
    let blocks = try network.blocks(of: Drawn.normal([1, 2, 6, 6], seed: 4), .evaluation)
    for block in blocks {
      let map = try LinearOperator(jacobianOf: { try block($0) }, at: block.input)
      let matrix = try map.matrix()
      #expect(matrix.shape == [map.rows, map.columns])
      let v = try Drawn.normal([2] + map.inputShape, seed: 8)
      let w = try Drawn.normal([2] + map.outputShape, seed: 9)
      let forward = try map(v).flattened(from: 1)
      let expected = try v.flattened(from: 1).matrixProduct(matrix.transposed())
      #expect(try (forward - expected).norm().scalar() <= 1e-10 * (1 + expected.norm().scalar()))
      let backward = try map.adjoint(w).flattened(from: 1)
      let other = try w.flattened(from: 1).matrixProduct(matrix)
      #expect(try (backward - other).norm().scalar() <= 1e-10 * (1 + other.norm().scalar()))
      // A small step: kinks of ReLU are not met at these points.
      let size = 1e-6
      let direction = try v.sliced(0..<1)
      let (up, down) = try withoutGradients {
        (
          try block(block.input.adding(direction, scaledBy: size)),
          try block(block.input.adding(direction, scaledBy: -size))
        )
      }
      let slope = try ((up - down) * (0.5 / size)).flattened(from: 1)
      let found = try forward.sliced(0..<1)
      #expect(
        try (slope - found).norm().scalar() <= 1e-4 * (1 + found.norm().scalar()), "\(block.path)")
    }
  }

  @Test(
    "Eigenvalues of antisymmetric layers lie on the imaginary axis, without damping",
    arguments: [StateKind.points, .sequences, .images])
  func antisymmetric(kind: StateKind) throws {
    let shape = kind == .points ? [12] : (kind == .sequences ? [3, 7] : [2, 4, 5])
    for gamma in [0.0, 0.1] {
      let store = ParameterStore(seed: 2, dataType: .float64)
      let field = try AntisymmetricField(
        ParameterPath.root / "field", in: store, on: kind, gamma: gamma,
        shape: FieldShape(inputs: shape[0]),
        style: FieldStyle(normalization: .none, activation: .tanh, bias: true))
      let u = try Drawn.normal([1] + shape, seed: 3)
      let matrix = try LinearOperator(jacobianOf: { try field($0, .evaluation) }, at: u).matrix()
      let values = try matrix.eigenvalues().realPairs().scalars(Double.self)
      let real = stride(from: 0, to: values.count, by: 2).map { values[$0] }
      let imaginary = stride(from: 1, to: values.count, by: 2).map { abs(values[$0]) }
      let size = try #require(imaginary.max())
      #expect(size > 0.1)
      if gamma == 0 {
        #expect(real.allSatisfy { abs($0) <= 1e-12 * size })
      } else {
        #expect(real.allSatisfy { $0 < 0 && $0 >= -gamma - 1e-12 })
      }
    }
  }

  @Test("Spectra over the stability region: an antisymmetric network under forward Euler and RK4")
  func overRegion() throws {
    func growth(_ scheme: String, h: Double) throws -> (
      table: DiagnosticTable, result: DiagnosticResult
    ) {
      let context = try Subjects.points("antisymmetric-6") { options in
        (options.scheme, options.h) = (scheme, h)
      }
      let result = try JacobianSpectra()(context)
      return (try #require(result.table("block-jacobians")), result)
    }
    let (euler, result) = try growth("euler", h: 0.5)
    #expect(euler.rows.count == 6)
    // |1 + i y| > 1, but for the damping of 1e-4.
    #expect(euler.refusals("is_stable").no == 6)
    #expect(euler.numbers("abscissa").allSatisfy { $0 <= 1e-12 && $0 >= -1e-4 })
    #expect(try growth("rk4", h: 0.5).table.refusals("is_stable").no == 0)
    let points = try #require(result.table("jacobian-eigenvalues"))
    #expect(points.rows.count == 6 * 8)
    for (radius, row) in zip(euler.numbers("radius"), euler.numbers("growth")) {
      #expect(abs(row * row - 1 - radius * radius) < 1e-3)
    }
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test("A pair of equations: the roots of the eigenvalues of the product")
  func partitioned() throws {
    let result = try JacobianSpectra()(try Subjects.points("hamiltonian-4") { $0.h = 0.25 })
    let table = try #require(result.table("block-jacobians"))
    // K sigma' K^T sigma' is positive, and enters with a minus: imaginary roots.
    let points = try #require(result.table("jacobian-eigenvalues"))
    #expect(points.rows.count == 4 * 16)
    let largest = points.numbers("im").map(abs).max() ?? 0
    #expect(largest > 0.01)
    #expect(points.numbers("re").allSatisfy { abs($0) <= 1e-7 * (1 + largest) })
    #expect(table.refusals("is_stable").no == 0)
  }

  @Test("The bounds of the paper as formulas")
  func formulas() {
    let linear = ProcrustesBounds.Linear(largest: exp(1), smallest: exp(-2), blocks: 6)
    #expect(abs(linear.gamma - 2) < 1e-12 && linear.applies)
    let sum = Double.pi.squareRoot() + 6.0.squareRoot()
    #expect(abs(linear.delta - 2 * sum * sum / 6) < 1e-12)
    #expect(!ProcrustesBounds.Linear(largest: exp(1), smallest: exp(-2), blocks: 5).applies)
    #expect(!ProcrustesBounds.Linear(largest: 1, smallest: 0, blocks: 1000).applies)
    #expect(abs(ProcrustesBounds.nonlinearRate(blocks: 8) - log(16) / 8) < 1e-15)
    #expect(ProcrustesBounds.lemma(branch: 0.5, smallest: 0.5, largest: 1.5))
    #expect(!ProcrustesBounds.lemma(branch: 0.5, smallest: 0.4, largest: 1.5))
    #expect(!ProcrustesBounds.lemma(branch: 0.5, smallest: 0.6, largest: 1.6))
  }

  @Test(
    "Theorem 2 on networks that are one matrix, R^(1/L) in each of L blocks",
    arguments: [8, 16, 64])
  func linearBlocks(blocks: Int) throws {
    // A diagonal R with singular values from e^-1 to e.
    let logs = [1.0, 0.3, -0.2, -1]
    let deltas = logs.map { abs(exp($0 / Double(blocks)) - 1) }
    let theorem = ProcrustesBounds.Linear(largest: exp(1), smallest: exp(-1), blocks: blocks)
    #expect(theorem.applies && (deltas.max() ?? 1) <= theorem.delta)
    // The delta falls with 1/L.
    #expect(abs((deltas.max() ?? 0) * Double(blocks) - 1) < 0.1)
  }

  @Test("Lemma, corollary and gradient bounds on networks for points, linear and not")
  func points() throws {
    for (name, isLinear) in [
      ("antisymmetric-12", true), ("antisymmetric-12", false), ("dense-10", false),
    ] {
      let context = try Subjects.points(name) { options in
        (options.scheme, options.h) = ("euler", 0.1)
        if isLinear { (options.activation, options.bias) = (.identity, false) }
      }
      let result = try NormPreservation()(context)
      let table = try #require(result.table("norm-preservation"))
      for column in ["lemma_holds", "gain_holds"] {
        #expect(table.refusals(column).no == 0)
        #expect(table.refusals(column).all == table.rows.count)
      }
      #expect(table.refusals("corollary_holds").no == 0)
      #expect(table.refusals("corollary_holds").all == (name == "dense-10" ? 10 : 0))
      let first = try #require(result.table("theorem-1"))
      #expect(first.numbers("blocks") == [Double(table.rows.count)])
      let second = try #require(result.table("theorem-2"))
      #expect(second["is_linear"] == [.flag(isLinear)] && second["holds"] == [true])
      // The gain by hand, from the gradients of one pass.
      let gains = table.numbers("gain")
      let network = try context.requiredNetwork()
      let batch = try context.requiredData().batch(of: .test, examples: 1)
      let probe = ForwardProbe()
      var pass = ForwardPass.evaluation
      pass.probe = probe
      let input = try batch.inputs.copied()
      try input.setRequiresGradient()
      try network(input, pass).crossEntropy(batch.targets).backward()
      let norms = probe.gradientNorms.filter { $0.path != "input" }.map(\.norm)
      #expect(norms.count == gains.count + 1)
      for (index, gain) in gains.enumerated() {
        #expect(abs(gain - norms[index] / norms[index + 1]) < 1e-9 * (1 + gain))
      }
      for plot in result.plots { _ = try plot.specification(result.tables) }
    }
  }

  @Test("The same on a network for images, with batch norms and transitions")
  func images() throws {
    let context = try Subjects.images("preresnet-14", widths: [1, 2, 3]) { $0.h = 0.2 }
    let result = try context.result(of: "norm-preservation:dense=800")
    let table = try #require(result.table("norm-preservation"))
    #expect(table.rows.count == 6)
    #expect(table.refusals("is_transition").no == 4)
    for column in ["lemma_holds", "gain_holds", "corollary_holds"] {
      #expect(table.refusals(column).no == 0 && table.refusals(column).all == 4, "\(column)")
    }
    let jacobians = try JacobianSpectra()(context)
    let blocks = try #require(jacobians.table("block-jacobians"))
    #expect(blocks.rows.count == 6 && blocks["path"] == table["path"])
    for (block, bound) in zip(blocks.numbers("largest"), table.numbers("upper"))
    where bound.isFinite { #expect(block <= bound + 1e-9) }
  }
}
