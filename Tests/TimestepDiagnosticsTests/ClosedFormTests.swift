import ComplexModule
import Foundation
import Testing
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Quantities that are known without measuring them.
@Suite("Diagnostics against closed forms")
struct ClosedFormTests {
  @Test("Proposition 1 for 100 blocks of norm 0.05, as tabulated")
  func bounds() {
    for (h, paper) in [(0.1, 14.05), (0.5, 66.25), (1.0, 131.5)] {
      let found = BackwardGain.paperBound(h: h, norm: 0.05, blocks: 100)
      #expect(abs(found / paper - 1) < 1e-3, "\(found)")
    }
  }

  /// A network of three linear blocks, and their matrices A.
  private func linear(h: Double) throws -> (DiagnosticContext, [Tensor]) {
    let context = try Subjects.linear(h: h, depth: 3)
    let network = try context.requiredNetwork()
    let matrices = try (0..<3).map { step in
      let path = "stages.0.steps.\(step).field"
      let first = try #require(network.parameters["\(path).linear1.weight"]).value.detached()
      let second = try #require(network.parameters["\(path).linear2.weight"]).value.detached()
      return try second.matrixProduct(first)
    }
    return (context, matrices)
  }

  @Test("Norms, gains, amplification and stability of linear blocks are those of their matrices")
  func linearBlocks() throws {
    let h = 0.7
    let (context, matrices) = try linear(h: h)
    let network = try #require(context.network)
    let batch = try #require(context.data).batch(of: .train, examples: 6)
    let passes = NetworkPasses(network: network)
    let (states, gradients) = try passes.stageStates(
      of: batch, try #require(context.data).objective)
    let gradient = try #require(gradients[0])
    let study = try StepSizeStudy(
      StageLinearization(network.stages[0], states: states[0]), gradient: gradient, dimensions: 2,
      seed: 1)
    let largest = try matrices.map { try $0.singularValues().scalars(Double.self)[0] }
    for (found, expected) in zip(study.norms, largest) {
      #expect(found <= expected * (1 + 1e-12) && found > 0.99 * expected)
    }
    for factor in [1.0, 0.2, 3] {
      // (I + h A_3) (I + h A_2) (I + h A_1)
      var product = try Tensor([1, 0, 0, 1] as [Double], shape: [2, 2])
      for matrix in matrices {
        product = try product + (matrix.matrixProduct(product)) * (factor * h)
      }
      let point = try study.point(factor: factor)
      let pulledBack = try gradient.matrixProduct(product)
      let gain = try pulledBack.norm().scalar() / gradient.norm().scalar()
      #expect(abs(point.gain / gain - 1) < 1e-12)
      let worst = try product.singularValues().scalars(Double.self)[0]
      #expect(abs(try study.worstGain(factor: factor) / worst - 1) < 1e-2)
      #expect(point.noise <= worst * (1 + 1e-12) && point.noise > 0)
      let bound = zip(study.norms, [h, h, h]).reduce(1.0) { $0 * (1 + factor * $1.0 * $1.1) }
      #expect(abs(try #require(point.product) / bound - 1) < 1e-12)
      #expect(worst <= bound * (1 + 1e-3))
    }
    let factor = try #require(study.guaranteedFactor(bound: 4))
    let reached = study.norms.reduce(1.0) { $0 * (1 + factor * h * $1) }
    #expect(abs(reached - 4) < 1e-9)
    // Two dimensions: all eigenvalues of every block.
    #expect(study.modes.count == 6)
    for (step, matrix) in matrices.enumerated() {
      let pairs = try matrix.eigenvalues().realPairs().scalars(Double.self)
      for mode in study.modes where mode.step == step {
        let distance = (0..<2).map {
          hypot(mode.value.real - pairs[2 * $0], mode.value.imaginary - pairs[2 * $0 + 1])
        }.min()
        #expect((distance ?? 1) < 1e-9)
        // Forward Euler: |1 + h lambda| <= 1 up to h = -2 Re lambda / |lambda|^2.
        guard mode.isDecaying, mode.value.real < 0 else { continue }
        let limit = -2 * mode.value.real / mode.value.lengthSquared
        #expect(abs(study.stabilityLimit(of: mode, upTo: 1e6) / limit - 1) < 1e-6)
      }
    }
  }

  @Test("Advice on linear blocks: the gain at the advised h is the bound")
  func advice() throws {
    let context = try Subjects.linear(h: 0.5, depth: 6)
    let name = "step-size:gain=1.5,noise=1.5,largest=100"
    let table = try context.result(of: name).tables[0]
    let advised = try #require(table.numbers("advice").first)
    #expect(advised > 0 && advised.isFinite)
    let limits = (table.numbers("h_gain") + table.numbers("h_noise")).filter { !$0.isNaN }
    #expect(limits.min() == advised)
    let scaled = try Subjects.linear(h: advised, depth: 6)
    let row = try scaled.result(of: name).tables[0]
    let (gain, noise) = (row.numbers("gain")[0], row.numbers("noise")[0])
    // The gradient at the end is another one with another h, the noise is not.
    #expect(max(gain, noise) > 1.2 && noise < 1.5 * 1.01, "\(gain), \(noise)")
  }

  @Test(
    "The measured gain of a trained-size network keeps the product bound, and that Proposition 1")
  func gains() throws {
    for h in [0.1, 1] {
      let table = try BackwardGain()(try Subjects.points("dense-12") { $0.h = h }).tables[0]
      let (gains, products, papers) = (
        table.numbers("gain"), table.numbers("product"), table.numbers("paper")
      )
      for index in gains.indices {
        #expect(gains[index] <= products[index] * 1.001)
        #expect(products[index] <= papers[index] * 1.001)
      }
    }
    let beyond = try BackwardGain()(try Subjects.points { $0.h = 1.5 }).tables[0]
    #expect(beyond["paper"].allSatisfy { $0 == .missing })
  }

  @Test("A network whose fields vanish moves nothing, and keeps gradients and perturbations")
  func atRest() throws {
    let context = try Subjects.points()
    for parameter in try #require(context.network).parameters.trainable
    where parameter.path.contains("linear2") {
      try parameter.assign(try parameter.value.detached() * 0)
    }
    let steps = try RelativeStep()(context).tables[0]
    #expect(steps.rows.count == 4 && steps.numbers("step").allSatisfy { $0 == 0 })
    let ratios = try GradientNormRatios()(context).tables[0]
    #expect(ratios.numbers("ratio").allSatisfy { abs($0 - 1) < 1e-15 })
    let changes = try Perturbation()(context).tables[0].numbers("difference")
    #expect(changes.allSatisfy { abs($0 / changes[0] - 1) < 1e-12 } && changes[0] > 0)
    let deleted = try BlockDeletion()(context).tables[0]
    #expect(deleted.rows.count == 4 && deleted.numbers("change").allSatisfy { $0 == 0 })
  }

  @Test("A perturbation keeps both bounds of forward Euler", arguments: [0.1, 1])
  func perturbation(h: Double) throws {
    let table = try Perturbation()(try Subjects.points("dense-10") { $0.h = h }).tables[0]
    let (found, sums, bounds) = (
      table.numbers("difference"), table.numbers("telescoped"), table.numbers("paper")
    )
    #expect(found.count == 11)
    for index in found.indices {
      #expect(found[index] <= sums[index] * (1 + 1e-12))
      #expect(sums[index] <= bounds[index] * (1 + 1e-12))
    }
  }

  @Test("A block that is left out is one whose field is zero")
  func deletion() throws {
    let context = try Subjects.points()
    let network = try #require(context.network)
    let inputs = try #require(context.data).batch(of: .test, examples: 8).inputs
    var pass = ForwardPass.evaluation
    pass.leftOutBlock = 3
    let without = try network(inputs, pass)
    let whole = try network(inputs, .evaluation)
    #expect(try (without - whole).absolute().max().scalar() > 1e-3)
    for name in ["weight", "bias"] {
      let parameter = try #require(
        network.parameters["stages.0.steps.2.field.linear2.\(name)"])
      try parameter.assign(try parameter.value.detached() * 0)
    }
    let zeroed = try network(inputs, .evaluation)
    #expect(try (without - zeroed).absolute().max().scalar() < 1e-14)
  }

  @Test("Gaps are test errors minus training errors, over epochs and then over seeds")
  func gaps() throws {
    let result = try GeneralizationGap()(
      DiagnosticContext("epochs", histories: Subjects.histories))
    let summary = result.tables[0]
    #expect(summary["run"].map(\.text) == ["a", "b"] && summary["seeds"] == [2, 1])
    // Seed 1: 10, 30; seed 2: 0, 10.
    #expect(abs(summary.numbers("mean")[0] - 12.5) < 1e-9)
    #expect(abs(summary.numbers("max")[0] - 20) < 1e-9)
    #expect(abs(summary.numbers("max_deviation")[0] - 10) < 1e-9)
    #expect(result.tables[1].rows.count == 5)
  }

  @Test("Without noise, a curve of robustness begins with the plain evaluation")
  func robustness() throws {
    let context = try Subjects.points()
    let table = try context.result(of: "robustness:levels=3,draws=2").tables[0]
    #expect(table.numbers("level") == [0, 0.5, 1])
    let network = try #require(context.network)
    var (correct, count) = (0, 0)
    try #require(context.data).forEachBatch(of: .test, examples: 40) { batch in
      let classes = try network(batch.inputs, .evaluation).argmax(1)
      correct += try classes.equal(batch.targets).scalars(Bool.self).count { $0 }
      count += batch.count
      return true
    }
    #expect(count == 40)
    #expect(abs(table.numbers("metric")[0] - 100 * Double(correct) / 40) < 1e-9)
  }
}
