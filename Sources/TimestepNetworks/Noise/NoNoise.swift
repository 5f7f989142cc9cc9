import TimestepTorch

/// Deterministic steps.
public struct NoNoise: Noise {
  public let name = "none"
  public let title = "deterministic steps"
  public let equation = "u+ = u + h f(u)"
  public let source = "all sources"

  /// Creates the absence of noise.
  public init() {}

  public func draw(_ block: NoiseBlock, from source: Generator) -> StepNoise { StepNoise() }
  public func expected(_ block: NoiseBlock) -> StepNoise { StepNoise() }
}
