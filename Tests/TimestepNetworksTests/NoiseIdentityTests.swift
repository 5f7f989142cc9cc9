import RealModule
import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Random steps of whole networks, against the same steps written out with the same random numbers.
@Suite struct NoiseIdentityTests {
  /// A training pass that draws from a seed.
  private func training(_ seed: UInt64) throws -> ForwardPass {
    var pass = ForwardPass.training
    pass.randomness = try Generator(seed: seed)
    return pass
  }

  /// Numbers uniform on [0, 1), as the noise draws them: one call for each step.
  private func uniform(_ count: Int, _ source: Generator) throws -> Tensor {
    let values = try Tensor.empty([count], .float64)
    try source.fillUniform(values, 0, 1)
    return values
  }

  @Test(
    "Shake-shake adds (dt/2 + sqrt dt (eta - 1/2)) f1 + (dt/2 + sqrt dt (1/2 - eta)) f2",
    arguments: [1, 0.25], ["image", "batch"])
  func shakeShake(dt: Double, granularity: String) throws {
    let make = {
      try Small.make("preresnet-20") {
        $0.noise = "shake-shake:dt=\(dt),granularity=\(granularity)"
      }
    }
    let (network, written) = try (make(), make())
    let result = try network.gradients(Small.input(), training(5))
    let source = try Generator(seed: 5)
    let expected = try written.gradients(Small.input()) { input, pass in
      try written.byHand(input, pass) { shortcut, field, u, _ in
        let eta = try uniform(granularity == "image" ? 5 : 1, source).reshaped([-1, 1, 1, 1])
        // At dt = 1: eta f1 + (1 - eta) f2.
        let first = try dt == 1 ? eta : (eta - 0.5) * dt.squareRoot() + dt / 2
        let second = try dt == 1 ? -eta + 1 : -(eta - 0.5) * dt.squareRoot() + dt / 2
        return try shortcut + first * field(u, branch: 0, pass) + second * field(u, branch: 1, pass)
      }
    }
    #expect(try result.logits.relativeError(to: expected.logits) <= 1e-12)
    #expect(try relativeError(result.byPath, expected.byPath) <= 1e-9)

    let mean = try written.byHand(Small.input(), .evaluation) { shortcut, field, u, _ in
      try shortcut + field(u, branch: 0, .evaluation) * (dt / 2)
        + field(u, branch: 1, .evaluation) * (dt / 2)
    }
    #expect(try network(Small.input(), .evaluation).relativeError(to: mean) <= 1e-12)
  }

  /// Stochastic depth in one network.
  struct Depth: Sendable, CustomTestStringConvertible {
    var scheme = "euler"
    var scaling = "evaluation"
    var dt = 1.0
    var adjoint = "stored"
    var testDescription: String { "\(scheme), \(scaling), dt = \(dt), \(adjoint)" }

    /// k of the linear multistep scheme; 0 for Euler's.
    var k: Double { scheme == "euler" ? 0 : -0.5 }

    func make() throws -> ResidualNetwork {
      try Small.make("preresnet-32") {
        ($0.scheme, $0.adjoint) = (scheme, adjoint)
        $0.noise = "stochastic-depth:survival=0.3,scaling=\(scaling),dt=\(dt)"
      }
    }
  }

  static let depths = [
    Depth(), Depth(scheme: "lm:k=-0.5"), Depth(scaling: "training"), Depth(dt: 0.25),
    Depth(scheme: "lm:k=-0.5", adjoint: "checkpointed:segment=2"),
    Depth(adjoint: "checkpointed:segment=1"),
  ]
  private static let steps = 15

  /// The probability that a step is kept: 1 - l/L (1 - p_L), l from 1.
  private static func survival(_ number: Int) -> Double {
    1 - Double(number + 1) / Double(steps) * (1 - 0.3)
  }

  /// The network with `factor` times the field in each step; where the factor is 0 the field is not evaluated.
  private func byHand(
    _ network: ResidualNetwork, _ input: Tensor, _ pass: ForwardPass, k: Double,
    factor: (Int) -> Double
  ) throws -> Tensor {
    var previous: Tensor?
    return try network.byHand(input, pass) { shortcut, field, u, number in
      let factor = factor(number)
      let isEuler = number % 5 == 0 && (previous == nil || number > 0)
      let linear =
        if !isEuler, let previous { try shortcut * (1 - k) + previous * k } else { shortcut }
      previous = shortcut
      return factor == 0 ? linear : try linear + field(u, pass) * factor
    }
  }

  /// The first seed that keeps and drops steps, also among those that change the shape, and what it keeps.
  private func draws() throws -> (seed: UInt64, kept: [Bool]) {
    for seed in UInt64(1)...100 {
      let source = try Generator(seed: seed)
      let kept = try (0..<Self.steps).map {
        try uniform(1, source).scalars(Double.self)[0] < Self.survival($0)
      }
      if kept[5] != kept[10], Set(kept.prefix(5)).count == 2 { return (seed, kept) }
    }
    throw GoldenError(key: "seed", problem: "there is none")
  }

  @Test("Stochastic depth multiplies each field by its factor", arguments: depths)
  func stochasticDepth(depth: Depth) throws {
    let (network, written) = try (depth.make(), depth.make())
    let (seed, kept) = try draws()

    let before = try network.parameters.buffers.map { try $0.value.copied() }
    let result = try network.gradients(Small.input(), training(seed))
    let expected = try written.gradients(Small.input()) { input, pass in
      try byHand(written, input, pass, k: depth.k) { number in
        let p = Self.survival(number)
        if depth.scaling == "training" { return kept[number] ? 1 / p : 0 }
        if depth.dt == 1 { return kept[number] ? 1 : 0 }
        return depth.dt * p + depth.dt.squareRoot() * ((kept[number] ? 1 : 0) - p)
      }
    }
    #expect(try result.logits.relativeError(to: expected.logits) <= 1e-12)
    #expect(try relativeError(result.byPath, expected.byPath) <= 1e-9)

    for number in 0..<Self.steps {
      let field = "stages.\(number / 5).steps.\(number % 5).field."
      let isEvaluated = kept[number] || depth.dt != 1
      let names = network.parameters.all.map(\.path).filter { $0.hasPrefix(field) }
      // A dropped field has no gradient at all, and its running statistics stay.
      #expect(names.contains { result.byPath[$0] != nil } == isEvaluated)
      for (buffer, value) in zip(network.parameters.buffers, before)
      where buffer.path.hasPrefix(field) {
        #expect(try buffer.value.isIdentical(to: value) == !isEvaluated, "\(buffer.path)")
      }
    }
    // A dropped step that changes the shape still has its transition.
    #expect(result.byPath.keys.count { $0.contains(".transition.conv.") } == 2)

    let mean = try byHand(written, Small.input(), .evaluation, k: depth.k) { number in
      depth.scaling == "training" ? 1 : depth.dt * Self.survival(number)
    }
    #expect(try network(Small.input(), .evaluation).relativeError(to: mean) <= 1e-12)
  }
}
