import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Weights between the times at which a network has its own, against combinations written out.
@Suite struct WeightsIdentityTests {
  @Test(
    "RK4 over nodes uses the interpolated weights at its midpoints", arguments: ["rk4", "heun"])
  func writtenOut(scheme: String) throws {
    let (steps, h) = (6, 0.25)
    let network = try Small.make("antisymmetric-\(steps)", on: Small.points) {
      ($0.scheme, $0.weights) = (scheme, "nodes")
    }
    func parameter(_ name: String, _ node: Int) throws -> Tensor {
      try #require(network.parameters["stages.0.steps.\(node).field.linear.\(name)"]).value
    }
    // tanh((K - K^T - gamma I) u + b) with K and b at the position l + c.
    func field(_ u: Tensor, _ step: Int, _ c: Double) throws -> Tensor {
      let at = { (name: String) in
        let first = try parameter(name, step)
        return try c == 0 ? first : first * (1 - c) + parameter(name, step + 1) * c
      }
      let k = try at("weight")
      let value = try u.linear(k) - u.linear(k.transposed()) - u * 1e-4
      return try Activation.tanh(value + at("bias"))
    }
    let input = try Small.input(of: Small.points)
    let result = try network.gradients(input)
    let expected = try network.gradients(input) { input, pass in
      var u = try network.stem(input, pass)
      for l in 0..<steps {
        let k1 = try field(u, l, 0)
        guard scheme == "rk4" else {
          u = try u + (k1 + field(u + k1 * h, l, 1)) * (h / 2)
          continue
        }
        let k2 = try field(u + k1 * (h / 2), l, 0.5)
        let k3 = try field(u + k2 * (h / 2), l, 0.5)
        let k4 = try field(u + k3 * h, l, 1)
        u = try u + (k1 + k2 * 2 + k3 * 2 + k4) * (h / 6)
      }
      return try network.head(u, pass)
    }
    #expect(network.parameters["stages.0.steps.\(steps).field.linear.weight"] != nil)
    #expect(network.parameters["stages.0.steps.\(steps + 1).field.linear.weight"] == nil)
    #expect(try result.logits.relativeError(to: expected.logits) <= 1e-13)
    #expect(try relativeError(result.byPath, expected.byPath) <= 1e-11)
  }

  @Test(
    "Nodes are independent sets whose midpoints are means", arguments: ["stored", "checkpointed"])
  func means(adjoint: String) throws {
    let make = { (weights: String) in
      try Small.make("antisymmetric-6") {
        ($0.scheme, $0.weights, $0.adjoint) = ("rk4", weights, adjoint)
        ($0.normalization, $0.bias) = (.batch, false)
      }
    }
    let (nodes, independent) = try (make("nodes"), make("independent"))
    /// The nodes left and right of a midpoint: `stages.0.midpoints.1.` is between steps 1 and 2.
    func neighbours(_ path: String) -> [String] {
      guard let range = path.firstRange(of: /midpoints\.(\d+)/) else { return [path] }
      let step = Int(path[range].split(separator: ".")[1]) ?? 0
      return [step, step + 1].map { path.replacingCharacters(range, "steps.\($0)") }
    }
    for parameter in independent.parameters.trainable {
      let values = try neighbours(parameter.path).map {
        try #require(nodes.parameters[$0]).value.detached()
      }
      try parameter.assign(values.count == 1 ? values[0] : (values[0] + values[1]) * 0.5)
    }
    for pass in [ForwardPass.evaluation, .training] {
      let first = try nodes.gradients(Small.input(), pass)
      let second = try independent.gradients(Small.input(), pass)
      var sums: [String: Tensor] = [:]
      for (path, gradient) in second.byPath {
        let names = neighbours(path)
        for name in names {
          let share = try gradient * (1 / Double(names.count))
          sums[name] = try sums[name].map { try $0 + share } ?? share
        }
      }
      #expect(try first.logits.relativeError(to: second.logits) <= 1e-12)
      #expect(try relativeError(first.byPath, sums) <= 1e-9)
    }
  }

  @Test(
    "As many equidistant sets as there are nodes are the nodes",
    arguments: [("euler", 4), ("heun", 5), ("rk4", 5)])
  func linear(scheme: String, sets: Int) throws {
    let make = { (weights: String) in
      try Small.make("antisymmetric-12") { ($0.scheme, $0.weights) = (scheme, weights) }
    }
    let (nodes, linear) = try (make("nodes"), make("linear:sets=\(sets)"))
    let name = { (path: String) in path.replacing(".weights.", with: ".steps.") }
    #expect(nodes.parameters.trainableCount == linear.parameters.trainableCount)
    try linear.copy(from: nodes, name)
    for pass in [ForwardPass.evaluation, .training] {
      let first = try linear.gradients(Small.input(), pass)
      let second = try nodes.gradients(Small.input(), pass)
      let renamed = Dictionary(
        uniqueKeysWithValues: first.byPath.map { (name($0.key), $0.value) })
      #expect(try first.logits.relativeError(to: second.logits) <= 1e-13)
      #expect(try relativeError(renamed, second.byPath) <= 1e-11)
    }
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>, _ text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
