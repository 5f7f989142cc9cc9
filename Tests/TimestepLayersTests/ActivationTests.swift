import Testing
import TimestepLayers
import TimestepTorch

/// Activations: values, derivatives, smoothness.
@Suite struct ActivationTests {
  private static let points = [
    -3, -0.5, -0.1001, -0.0999, -0.05, -1e-3, 1e-3, 0.03, 0.0999, 0.1001, 2,
  ]

  @Test(
    "The derivative is the limit of differences and the gradient", arguments: Activation.allCases)
  func derivative(activation: Activation) throws {
    let x = try Tensor(Self.points)
    let h = 1e-5
    let derivative = try activation.derivative(at: x)
    let difference = try (activation(x + h) - activation(x - h)) * (1 / (2 * h))
    #expect(try (derivative - difference).absolute().max().scalar() < 1e-9)
    try x.setRequiresGradient()
    let gradient = try Tensor.gradients(of: [activation(x).sum()], withRespectTo: [x])[0]
    #expect(try (#require(gradient) - derivative).absolute().max().scalar() < 1e-12)
    #expect(try activation.derivative(at: x).dataType == .float64)
  }

  @Test("In the input's memory or not, the value is the same", arguments: Activation.allCases)
  func overwriting(activation: Activation) throws {
    let x = try Tensor(Self.points)
    let value = try activation(x).copied()
    #expect(try x.scalars(Double.self) == Self.points)
    #expect(try activation.overwriting(x).scalars(Double.self) == value.scalars(Double.self))
  }

  @Test("The smooth ReLU is ReLU outside [-0.1, 0.1] and its parabola inside")
  func values() throws {
    let expected = Self.points.map { x in
      abs(x) > 0.1 ? max(x, 0) : (x + 0.1) * (x + 0.1) / 0.4
    }
    let values = try Activation.smoothReLU(Tensor(Self.points)).scalars(Double.self)
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test(
    "The smooth ReLU is continuously differentiable: neither value nor slope jumps",
    arguments: [-0.1, 0.1])
  func smooth(joint: Double) throws {
    let gap = 1e-9
    let sides = try Tensor([joint - gap, joint, joint + gap])
    let values = try Activation.smoothReLU(sides).scalars(Double.self)
    let slopes = try Activation.smoothReLU.derivative(at: sides).scalars(Double.self)
    for index in 1...2 {
      #expect(abs(values[index] - values[index - 1]) < 2 * gap)
      #expect(abs(slopes[index] - slopes[index - 1]) < 6 * gap)
    }
    let expected = joint < 0 ? (0.0, 0.0) : (0.1, 1.0)
    #expect(abs(values[1] - expected.0) < 1e-15 && abs(slopes[1] - expected.1) < 1e-15)
    // Also what autograd makes of the joint itself.
    try sides.setRequiresGradient()
    let gradient = try Tensor.gradients(
      of: [Activation.smoothReLU(sides).sum()], withRespectTo: [sides])[0]
    let found = try #require(gradient).scalars(Double.self)
    #expect(zip(found, slopes).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}
