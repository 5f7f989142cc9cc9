import Foundation
import TestSupport
import Testing
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The computations behind the theorems of the norm-preservation paper, against what is known without them.
@Suite("Norm preservation against closed forms")
struct NormComputationTests {
  @Test("I + M for antisymmetric and semidefinite M of norm 0.3", arguments: [1, 2, 3] as [UInt64])
  func shifted(seed: UInt64) throws {
    // Eigenvalues i t with |t| <= 0.3 in pairs, and -t from 0 to 0.3.
    let turned = try RandomBlocks.linear(.antisymmetric, size: 8, norm: 0.3, seed: seed)
    #expect(abs(turned.largest - (1 + 0.09).squareRoot()) < 1e-12)
    #expect(turned.smallest >= 1 - 1e-12 && abs(turned.branch - 0.3) < 1e-12)
    let damped = try RandomBlocks.linear(.negative, size: 8, norm: 0.3, seed: seed)
    #expect(abs(damped.smallest - 0.7) < 1e-12 && damped.largest <= 1 + 1e-12)
  }

  @Test("Gains through linear two-layer blocks lie within the singular values of I + W_2 W_1")
  func twoLayers() throws {
    let it = try RandomBlocks.twoLayers(
      .identity, size: 6, scale: 0.2, examples: 200, seed: 4)
    #expect(it.lowest >= 1 - it.delta && it.highest <= 1 + it.delta)
    #expect(it.lowest < it.highest)
    let still = try RandomBlocks.twoLayers(.tanh, size: 6, scale: 0, examples: 5, seed: 4)
    #expect(still.delta == 0 && still.lowest == 1 && still.highest == 1)
  }

  /// A turn by an angle and stretches of the two axes.
  private func plane(_ angle: Double, _ a: Double, _ b: Double) throws -> Tensor {
    try Tensor([a * cos(angle), -b * sin(angle), a * sin(angle), b * cos(angle)], shape: [2, 2])
  }

  @Test(
    "The roots of a turn by 1 and a stretch by e and 1/e are turns by 1/m and stretches by e^(1/k)")
  func roots() throws {
    let map = try plane(1, exp(1), exp(-1))
    let it = try LinearRepresentation(of: map)
    let (turn, turns, stretch, stretches) = try it.roots(blocks: 10)
    #expect(turns == 5 && stretches == 5)
    let (expectedTurn, expectedStretch) = (try plane(0.2, 1, 1), try plane(0, exp(0.2), exp(-0.2)))
    #expect(try (turn - expectedTurn).norm().scalar() < 1e-12)
    #expect(try (stretch - expectedStretch).norm().scalar() < 1e-12)
    let measured = try it.measured(blocks: 10, seed: 1)
    // |e^(0.2) - 1| is more than the turn's 2 sin(0.1).
    #expect(abs(measured.delta - (exp(0.2) - 1)) < 1e-12)
    #expect(measured.error < 1e-12 && measured.deviation <= measured.delta + 1e-12)
  }

  @Test("A map that turns space over, and one that is singular, have no representation")
  func refused() throws {
    #expect(throws: DiagnosticError.self) {
      try LinearRepresentation(of: plane(0.3, -1, 1))
    }
    #expect(throws: DiagnosticError.self) { try LinearRepresentation(of: plane(0.3, 1, 0)) }
    #expect(throws: DiagnosticError.self) {
      try LinearRepresentation(of: plane(0.3, 1, 2)).roots(blocks: 1)
    }
  }

  @Test("Random maps are within the bound of theorem 2", arguments: [3, 4, 5, 6] as [UInt64])
  func theorem2(seed: UInt64) throws {
    let map = try LinearRepresentation.random(size: 12, stretch: 2, seed: seed)
    let it = try LinearRepresentation(of: map)
    #expect(it.largest <= 2 + 1e-9 && it.smallest >= 0.5 - 1e-9)
    for blocks in [4, 32] {
      let measured = try it.measured(blocks: blocks, seed: seed)
      let theorem = ProcrustesBounds.Linear(
        largest: it.largest, smallest: it.smallest, blocks: blocks)
      #expect(measured.error < 1e-10)
      #expect(measured.delta <= theorem.delta)
      #expect(measured.deviation <= measured.delta + 1e-10)
    }
  }

  @Test("Fits begin as the identity, and bring the error down with blocks nearer to it when deeper")
  func fits() throws {
    var fit = NearIdentityFit()
    fit.steps = 0
    let first = try fit(blocks: 3, seed: 2)
    #expect(first.delta == 0 && first.lowest == 1 && first.highest == 1)
    #expect(abs(first.error - 1) < 1e-12)
    fit.steps = 150
    let (shallow, deep) = (try fit(blocks: 2, seed: 2), try fit(blocks: 8, seed: 2))
    #expect(shallow.error < 0.5 && deep.error < 0.5)
    #expect(deep.delta < shallow.delta && deep.delta > 0)
    #expect(max(abs(deep.lowest - 1), abs(deep.highest - 1)) <= deep.delta * (1 + 1e-9))
  }

  @Test(
    "The transform and the dense matrix agree, padding changes kernels beyond 1x1",
    arguments: [1, 3, 5])
  func circular(k: Int) throws {
    let it = try CircularComparison(
      CircularComparison.randomKernel([3, 2, k, k], seed: 8), size: 6)
    #expect(it.transformed.count == 72 && it.difference < 1e-10)
    #expect(k == 1 ? it.paddingEffect < 1e-12 : it.paddingEffect > 1e-3)
    #expect(throws: DiagnosticError.self) {
      try CircularComparison(CircularComparison.randomKernel([1, 1, 2, 2], seed: 1), size: 6)
    }
  }

  @Test("A projected 1x1 kernel has all singular values at the target, all energy, and gain 1")
  func quality() throws {
    let kernel = try CircularComparison.randomKernel([8, 4, 1, 1], seed: 3)
    let projected = try ProcrustesProjection()(kernel, size: [5, 5])
    let it = try ProjectionQuality(projected, size: 5)
    #expect(abs(it.target - 2.0.squareRoot()) < 1e-12)
    #expect(it.deviation < 1e-6 && abs(it.energy - 1) < 1e-6 && abs(it.gain - 1) < 1e-6)
    // Gradients of 8 random channels keep to their mean within a few percent.
    #expect(abs(it.paddedGain - 1) < 0.2)
    let twice = try ProjectionQuality(projected * 2, size: 5)
    #expect(abs(twice.gain - 2 * it.gain) < 1e-9 && abs(twice.energy - 4 * it.energy) < 1e-9)
  }

  @Test("Kernels are compared with themselves, with multiples, and by their strongest tap")
  func comparison() throws {
    let kernel = try Tensor([0, 0, 0, 0, 3, 0, 0, 0, 1] as [Double], shape: [1, 1, 3, 3])
    let it = try KernelComparison(kernel, kernel * -2)
    #expect(abs(it.correlation + 1) < 1e-12 && abs(it.strongestTap - 0.9) < 1e-12)
    #expect(abs(it.difference - 1.5) < 1e-12)
  }
}
