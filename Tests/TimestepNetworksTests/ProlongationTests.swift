import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Weights of few steps as the start of more.
@Suite struct ProlongationTests {
  private func network(
    _ name: String, _ depth: Int, h: Double, weights: String, scheme: String, seed: UInt64
  ) throws -> ResidualNetwork {
    var options = NetworkOptions()
    (options.depth, options.h, options.weights, options.scheme) = (depth, h, weights, scheme)
    return try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: [2], classes: 2), seed: seed,
      dataType: .float64)
  }

  @Test("Steps get the weights of their time, between two steps the mean, beyond the last its own")
  func perStep() throws {
    let coarse = try network("dense", 3, h: 0.5, weights: "per-step", scheme: "euler", seed: 1)
    let fine = try network("dense", 6, h: 0.25, weights: "per-step", scheme: "euler", seed: 2)
    try fine.prolong(coarse)
    func weight(_ network: ResidualNetwork, _ step: Int) throws -> Tensor {
      try #require(network.parameters["stages.0.steps.\(step).field.linear1.weight"]).value
    }
    for step in 0..<6 {
      let first = try weight(coarse, step / 2)
      let second = try weight(coarse, min((step + 1) / 2, 2))
      let expected = try (first + second) * 0.5
      #expect(try weight(fine, step).relativeError(to: expected) <= 1e-15)
    }
    let head = try #require(coarse.parameters["head.linear.weight"]).value
    #expect(try #require(fine.parameters["head.linear.weight"]).value.isIdentical(to: head))
  }

  @Test("With weights on nodes, RK4 goes on as before: the difference falls with the fourth power")
  func convergence() throws {
    let input = try Tensor.normal([5, 2], seed: 7)
    func difference(_ depth: Int) throws -> Double {
      let h = 2 / Double(depth)
      let coarse = try network(
        "antisymmetric", depth, h: h, weights: "linear:sets=2", scheme: "rk4", seed: 3)
      let fine = try network(
        "antisymmetric", 2 * depth, h: h / 2, weights: "linear:sets=2", scheme: "rk4", seed: 4)
      try fine.prolong(coarse)
      return try (fine(input, .evaluation) - coarse(input, .evaluation)).norm().scalar()
    }
    let ratio = try difference(8) / difference(16)
    #expect(ratio > 12 && ratio < 20, "\(ratio)")
  }

  @Test("Weights without a place in time are refused")
  func polynomial() throws {
    let coarse = try network("dense", 3, h: 0.5, weights: "polynomial", scheme: "euler", seed: 1)
    let fine = try network("dense", 6, h: 0.25, weights: "polynomial", scheme: "euler", seed: 2)
    #expect(throws: OptionError.self) { try fine.prolong(coarse) }
  }
}
