import Foundation
import Testing
import TimestepLayers
import TimestepTorch

import TimestepDiagnostics

/// Growth through blocks whose product can be written down.
@Suite("Model blocks")
struct ModelBlocksTests {
  private static let (width, depth, norm) = (6, 5, 0.3)

  /// `(1 + h A_4) ... (1 + h A_0)`
  private func product(_ blocks: ModelBlocks, h: Double) throws -> Tensor {
    let unit = try Tensor(
      (0..<Self.width * Self.width).map { $0 % (Self.width + 1) == 0 ? 1.0 : 0 },
      shape: [Self.width, Self.width])
    return try blocks.matrices.reduce(unit) { try (unit + $1 * h).matrixProduct($0) }
  }

  private func length(_ v: Tensor) throws -> Double { try v.square().sum().scalar().squareRoot() }

  @Test("Every matrix has the norm that was asked for", arguments: ModelBlocks.Kind.allCases)
  func norms(kind: ModelBlocks.Kind) throws {
    let blocks = try ModelBlocks(
      kind, width: Self.width, depth: Self.depth, norm: Self.norm, seed: 3)
    #expect(blocks.matrices.count == Self.depth)
    for matrix in blocks.matrices {
      let norm = try matrix.singularValues().max().scalar()
      #expect(abs(norm - Self.norm) < 1e-12)
    }
  }

  @Test("Aligned blocks reach the product bound, which exceeds Proposition 1 for h > 1 only")
  func aligned() throws {
    for h in [0, 0.1, 0.5, 1, 1.5] {
      let blocks = try ModelBlocks(
        .aligned, width: Self.width, depth: Self.depth, norm: Self.norm, seed: 4)
      let gain = try blocks.largestGain(h: h)
      let bound = pow(1 + h * Self.norm, Double(Self.depth))
      #expect(abs(gain / bound - 1) < 1e-12)
      let paper = BackwardGain.paperBound(h: h, norm: Self.norm, blocks: Self.depth)
      #expect((gain <= paper * (1 + 1e-12)) == (h <= 1))
    }
  }

  @Test("Growth backward and forward is that of the product of the blocks")
  func growth() throws {
    let blocks = try ModelBlocks(
      .random, width: Self.width, depth: Self.depth, norm: Self.norm, seed: 5)
    let generator = try Generator(seed: 6)
    let (v, start) = (
      try ModelBlocks.vector(Self.width, generator), try ModelBlocks.vector(Self.width, generator)
    )
    for h in [0.2, 1, 1.4] {
      let product = try product(blocks, h: h)
      let largest = try product.singularValues().max().scalar()
      #expect(abs(try blocks.largestGain(h: h) / largest - 1) < 1e-12)
      let back = try length(product.transposed().matrixProduct(v))
      #expect(abs(try blocks.gain(of: v, h: h) / back - 1) < 1e-12)
      let found = try blocks.errors(of: v * 0.01, at: start, h: h)
      #expect(found.states.count == Self.depth + 1 && found.fields.count == Self.depth)
      let end = try length(product.matrixProduct(v)) * 0.01
      #expect(abs((found.states.last ?? .nan) / end - 1) < 1e-9)
      // Equation 11, block by block.
      for (n, (before, after)) in zip(found.states, found.states.dropFirst()).enumerated() {
        #expect(after <= before + h * found.fields[n] + 1e-15)
      }
    }
  }

  @Test("The changes of saturated blocks are smaller than those of linear ones")
  func saturation() throws {
    func fields(_ activation: Activation) throws -> [Double] {
      let blocks = try ModelBlocks(
        .aligned, width: Self.width, depth: Self.depth, norm: Self.norm, activation: activation,
        seed: 7)
      let generator = try Generator(seed: 8)
      let start = try ModelBlocks.vector(Self.width, generator) * 50
      let change = try ModelBlocks.vector(Self.width, generator)
      return try blocks.errors(of: change, at: start, h: 0.1).fields
    }
    for (bent, straight) in zip(try fields(.tanh), try fields(.identity)) {
      #expect(bent < straight)
    }
  }
}
