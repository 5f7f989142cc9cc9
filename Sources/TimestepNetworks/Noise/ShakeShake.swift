import TimeStepping
import TimestepTorch

/// Shake-shake with a step dt: two functions of the field are mixed at random.
///
/// ```
/// u+ = u + h ((dt/2 + sqrt(dt) (eta - 1/2)) f_1(u) + (dt/2 + sqrt(dt) (1/2 - eta)) f_2(u)),  eta ~ U(0, 1)
/// ```
///
/// In evaluation eta = 1/2. The backward pass may use the same eta, 1/2, or one of its own. Source: Gastaldi (2017);
/// LM-ResNet, equation 4 (spec 3.5), whose limit is `dX = (f_1 + f_2)/2 dt + (f_1 - f_2)/sqrt(12) dB`.
public struct ShakeShake: Noise {
  /// The eta of the backward pass.
  public enum Backward: String, Sendable, CaseIterable {
    /// That of the forward pass: the gradient of what was computed.
    case same
    /// 1/2.
    case even
    /// One of its own.
    case shake
  }
  /// What has an eta of its own.
  public enum Granularity: String, Sendable, CaseIterable {
    case image, batch
    /// Nothing: eta is 1/2 in training too, so that two functions are there without noise.
    case none
  }

  public let name = "shake-shake"
  public let title = "two functions of the field are mixed at random"
  public let equation =
    "u+ = u + h ((dt/2 + sqrt(dt) (eta - 1/2)) f1(u) + (dt/2 + sqrt(dt) (1/2 - eta)) f2(u))"
  public let source = "Gastaldi (2017); LM-ResNet (2018), equation 4"
  /// The step dt of the stochastic differential equation.
  public var dt = 1.0
  /// The eta of the backward pass.
  public var backward = Backward.same
  /// Whether each example has an eta of its own.
  public var granularity = Granularity.image

  /// Creates the noise.
  public init() {}

  public var mixedBranches: Int { 2 }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("dt", standard: "1", "step of the stochastic differential equation"),
      ArgumentDescription("backward", standard: "same", "eta of the gradient: same, even or shake"),
      ArgumentDescription(
        "granularity", standard: "image", "one eta for each image, or batch; none: 1/2 always"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Noise {
    var result = self
    result.dt = try choice.number("dt", in: 1e-12...1e6) ?? dt
    result.backward = try choice.option("backward") ?? backward
    result.granularity = try choice.option("granularity") ?? granularity
    return result
  }

  public func draw(_ block: NoiseBlock, from source: Generator) throws -> StepNoise {
    if granularity == .none { return expected(block) }
    let forward = try factors(eta(block, source))
    let backward =
      switch backward {
      case .same: forward
      case .even: try factors(block.constant(0.5))
      case .shake: try factors(eta(block, source))
      }
    return StepNoise(factors: zip(forward, backward).map { .perExample(forward: $0, backward: $1) })
  }

  public func expected(_ block: NoiseBlock) -> StepNoise {
    StepNoise(factors: [.number(dt / 2), .number(dt / 2)])
  }

  private func eta(_ block: NoiseBlock, _ source: Generator) throws -> Tensor {
    switch granularity {
    case .none: return try block.constant(0.5)
    case .batch: return try block.constant(source.uniform())
    case .image:
      let values = try Tensor.empty([block.examples], .float64)
      try source.fillUniform(values, 0, 1)
      return try values.cast(to: block.dataType).moved(to: block.device)
        .reshaped([block.examples] + Array(repeating: 1, count: max(block.rank - 1, 0)))
    }
  }

  /// The factors of both functions, `dt/2 +- sqrt(dt) (eta - 1/2)`.
  private func factors(_ eta: Tensor) throws -> [Tensor] {
    let noise = try (eta - 0.5) * dt.squareRoot()
    return [try noise + dt / 2, try -noise + dt / 2]
  }
}

extension NoiseBlock {
  /// One number for all examples.
  fileprivate func constant(_ value: Double) throws -> Tensor {
    try Tensor.full([1], value, dataType).moved(to: device)
      .reshaped(Array(repeating: 1, count: rank))
  }
}
