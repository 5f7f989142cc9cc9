import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Noise whose gradient is another than that of what was computed, and noise that is added to states.
@Suite struct BackwardNoiseTests {
  private func training(_ seed: UInt64) throws -> ForwardPass {
    var pass = ForwardPass.training
    pass.randomness = try Generator(seed: seed)
    return pass
  }

  private func uniform(_ source: Generator) throws -> Tensor {
    let values = try Tensor.empty([5], .float64)
    try source.fillUniform(values, 0, 1)
    return try values.reshaped([-1, 1, 1, 1])
  }

  @Test(
    "Shake-shake's gradient goes by 1/2 or by numbers of its own, the value by eta",
    arguments: ["even", "shake"])
  func shakeShake(backward: String) throws {
    let make = {
      try Small.make("preresnet-20") { $0.noise = "shake-shake:backward=\(backward)" }
    }
    let (network, written) = try (make(), make())
    let result = try network.gradients(Small.input(), training(5))
    let source = try Generator(seed: 5)
    /// A function's value by `forward`, its gradient by `other`.
    func branch(_ value: Tensor, _ forward: Tensor, _ other: Tensor) throws -> Tensor {
      let through = try value * other
      return try through + (value * forward - through).detached()
    }
    let expected = try written.gradients(Small.input()) { input, pass in
      try written.byHand(input, pass) { shortcut, field, u, _ in
        let eta = try uniform(source)
        let other = try backward == "even" ? eta * 0 + 0.5 : uniform(source)
        return try shortcut + branch(field(u, branch: 0, pass), eta, other)
          + branch(field(u, branch: 1, pass), -eta + 1, -other + 1)
      }
    }
    #expect(try result.logits.relativeError(to: expected.logits) <= 1e-12)
    #expect(try relativeError(result.byPath, expected.byPath) <= 1e-9)
    let same = try Small.make("preresnet-20") { $0.noise = "shake-shake" }
      .gradients(Small.input(), training(5))
    #expect(try relativeError(result.byPath, same.byPath) > 1e-3)
  }

  /// The state before and after one step of a field that is zero: what the noise adds.
  private func added(
    _ noise: String, scheme: String = "euler", steps: Int = 1, channels: Int = 4
  ) throws -> [Tensor] {
    let path = ParameterPath.root / "stage"
    let fields = (0..<steps).map { _ in
      scheme == "euler"
        ? ZeroField() as any ResidualField : BranchedField([ZeroField(), ZeroField()])
    }
    let stage = try Stage(
      path, scheme: SchemeCatalog.scheme(named: scheme), grid: TimeGrid(steps: steps, size: 0.5),
      schedule: FieldSchedule(fields), noise: NoiseCatalog.noise(named: noise))
    var states = [try Tensor.normal([40, channels, 12, 12], seed: 2)]
    _ = try stage(states[0], training(3)) { states.append($0) }
    return try zip(states.dropFirst(), states).map { try $0 - $1 }
  }

  @Test(
    "Added numbers have the distribution that the name says",
    arguments: [
      ("gaussian:level=0.5", 0.0, 0.5), ("uniform:level=0.5", 0.0, 0.5 / 3.0.squareRoot()),
      ("uniform-as-published:level=0.5", 0.0, 0.5),
    ])
  func distribution(noise: String, mean: Double, deviation: Double) throws {
    let steps = try added(noise, steps: 2)
    for (index, values) in steps.enumerated() {
      // The published code's later steps are U(0, level).
      let isLater = noise.hasPrefix("uniform-as") && index > 0
      let mean = isLater ? 0.25 : mean
      let deviation = isLater ? 0.5 / 12.0.squareRoot() : deviation
      let count = Double(values.count)
      let found = try values.mean().scalar()
      let square = try ((values - found) * (values - found)).mean().scalar()
      // Five standard errors.
      #expect(abs(found - mean) <= 5 * deviation / count.squareRoot())
      #expect(abs(square.squareRoot() - deviation) <= 5 * deviation / count.squareRoot())
      if noise.hasPrefix("uniform:") || isLater {
        #expect(try values.absolute().max().scalar() <= 0.5)
      }
    }
    // Steps do not share their numbers.
    #expect(try (steps[0] - steps[1]).absolute().max().scalar() > 0.1)
  }

  @Test("Both streams of a split state get noise of their own")
  func streams() throws {
    let values = try #require(added("gaussian:level=0.5", scheme: "rev").first)
    let halves = try [values.sliced(0..<2, axis: 1), values.sliced(2..<4, axis: 1)]
    for half in halves {
      let deviation = try (half * half).mean().scalar().squareRoot()
      #expect(abs(deviation - 0.5) <= 5 * 0.5 / Double(half.count).squareRoot())
    }
    #expect(try (halves[0] - halves[1]).absolute().max().scalar() > 0.1)
  }
}

/// `f(u) = 0`
private final class ZeroField: ResidualField {
  func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor { try input * 0 }
  func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] { shape }
}
