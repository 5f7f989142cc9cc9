import TimeStepping
import TimestepTorch

/// Noise that is added to the state after each step of training: `u+ = step(u) + s xi`.
///
/// With f alone this is the Euler-Maruyama scheme of `dX = f dt + s dB`. The reference code of LM-ResNet draws from
/// U(0, level), whose mean is not zero: that one has a name of its own.
public struct AdditiveNoise: Noise {
  private enum Kind: Sendable { case gaussian, uniform, uniformAsPublished }

  public let name: String
  public let title: String
  public let equation: String
  public let source: String
  /// The standard deviation of the normal, or the half or whole width of the uniform distribution.
  public let level: Double
  private let kind: Kind

  /// Normal numbers of standard deviation `level`.
  public static let gaussian = AdditiveNoise(
    .gaussian, "gaussian", "normal numbers added after each step", "u+ = step(u) + N(0, level^2)",
    level: 0.001)
  /// Uniform numbers of mean zero.
  public static let uniform = AdditiveNoise(
    .uniform, "uniform", "centred uniform numbers added after each step",
    "u+ = step(u) + U(-level, level)", level: 0.001)
  /// The published code's: normal after the first step, uniform with a positive mean after the others.
  public static let uniformAsPublished = AdditiveNoise(
    .uniformAsPublished, "uniform-as-published", "the published code's numbers, of positive mean",
    "u+ = step(u) + U(0, level); N(0, level^2) after the first step", level: 0.001)

  private init(
    _ kind: Kind, _ name: String, _ title: String, _ equation: String, level: Double
  ) {
    self.kind = kind
    self.name = name
    self.title = title
    self.equation = equation
    self.level = level
    source = "LM-ResNet, reference code (ResNet_N)"
  }

  public var arguments: [ArgumentDescription] {
    [ArgumentDescription("level", standard: "\(level)", "standard deviation or width")]
  }

  public func configured(_ choice: NamedChoice) throws -> any Noise {
    AdditiveNoise(
      kind, name, title, equation, level: try choice.number("level", in: 0...1e6) ?? level)
  }

  public func draw(_ block: NoiseBlock, from source: Generator) throws -> StepNoise {
    let distribution: AddedNoise.Distribution =
      switch kind {
      case .gaussian: .normal(level)
      case .uniform: .uniform(-level, level)
      case .uniformAsPublished: block.index == 1 ? .normal(level) : .uniform(0, level)
      }
    // 32 bits: as many as a generator's seed uses.
    let seed = UInt64(try source.uniform() * 4_294_967_296)
    return StepNoise(added: level == 0 ? nil : AddedNoise(distribution: distribution, seed: seed))
  }

  public func expected(_ block: NoiseBlock) -> StepNoise { StepNoise() }
}
