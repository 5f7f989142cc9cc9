import TimeStepping
import TimestepTorch

/// Stochastic depth with a step dt: the field of a step is dropped, or kept with probability p_l.
///
/// ```
/// u+ = u + h (dt p_l + sqrt(dt) (eta - p_l)) f(u),  P(eta = 1) = p_l;   in evaluation eta -> p_l
/// p_l = 1 - (l / L) (1 - p_L),  l = 1 ... L
/// ```
///
/// At dt = 1 the factor is eta, and a dropped field is not evaluated, neither forwards nor backwards. The draw is
/// one for the whole batch. A multistep scheme keeps its linear part: LM-ResNet with stochastic depth.
///
/// Source: Huang et al. (2016); LM-ResNet, section on stochastic networks (spec 3.6 to 3.8).
public struct StochasticDepth: Noise {
  /// Where the survival probability is accounted for.
  public enum Scaling: String, Sendable, CaseIterable {
    /// Evaluation multiplies the field by p_l (Huang et al.).
    case evaluation
    /// Training divides the field by p_l, evaluation leaves it alone (LM-ResNet's code); for dt = 1.
    case training
  }

  public let name = "stochastic-depth"
  public let title = "the field of a step is dropped at random, more often in later steps"
  public let equation = "u+ = u + h (dt p + sqrt(dt) (eta - p)) f(u), eta ~ Bernoulli(p)"
  public let source = "Huang et al. (2016); LM-ResNet (2018)"
  /// The survival probability p_L of the last step.
  public var survival = 0.5
  /// The step dt of the stochastic differential equation.
  public var dt = 1.0
  /// How the survival probability falls with the depth.
  public var decay = SurvivalSchedule.linear
  /// Where it is accounted for.
  public var scaling = Scaling.evaluation

  /// Creates the noise.
  public init() {}

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("survival", standard: "0.5", "probability that the last step is kept"),
      ArgumentDescription("dt", standard: "1", "step of the stochastic differential equation"),
      ArgumentDescription(
        "decay", standard: "linear", "1 - l/L (1 - p); published: the code's; or constant"),
      ArgumentDescription(
        "scaling", standard: "evaluation", "evaluation multiplies by p, or training divides by it"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Noise {
    var result = self
    result.survival = try choice.number("survival", in: 0...1) ?? survival
    result.dt = try choice.number("dt", in: 1e-12...1e6) ?? dt
    result.decay = try choice.option("decay") ?? decay
    result.scaling = try choice.option("scaling") ?? scaling
    if result.scaling == .training {
      guard result.dt == 1, result.survival > 0 else {
        throw ArgumentError(
          "noise", name, "scaling=training needs dt=1 and a survival above 0, to divide by")
      }
    }
    return result
  }

  /// Whether it is a Bernoulli number that multiplies the field: at dt = 1, unless all steps survive.
  public var canDropField: Bool { dt == 1 && survival < 1 }

  /// The survival probability p_l of a step.
  public func survival(of block: NoiseBlock) -> Double {
    decay.survival(block: block.index - 1, of: block.count, last: survival)
  }

  public func draw(_ block: NoiseBlock, from source: Generator) throws -> StepNoise {
    let p = survival(of: block)
    let eta = try source.uniform() < p ? 1.0 : 0.0
    let factor =
      scaling == .training
      ? eta / p : try StochasticDepthRule(survival: p, dt: dt).factor(kept: eta == 1)
    return StepNoise(factors: [.number(factor)])
  }

  public func expected(_ block: NoiseBlock) throws -> StepNoise {
    let factor =
      scaling == .training
      ? 1 : try StochasticDepthRule(survival: survival(of: block), dt: dt).expectedFactor
    return StepNoise(factors: [.number(factor)])
  }
}
