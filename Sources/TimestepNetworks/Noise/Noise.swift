import TimeStepping
import TimestepLayers
import TimestepTorch

/// What the steps of a network do at random in training.
///
/// Noise multiplies the field, mixes several functions of it, or adds to the state after the step. It is drawn before
/// the steps are made, so that an adjoint that computes a step again sees the same.
public protocol Noise: CatalogEntry {
  /// The arguments by which it can be varied; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The noise with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any Noise
  /// How many functions of the field one evaluation mixes; 1 by default, where it only scales.
  var mixedBranches: Int { get }
  /// Whether a step may go without its field.
  var canDropField: Bool { get }
  /// What happens in one step of one training pass.
  func draw(_ block: NoiseBlock, from source: Generator) throws -> StepNoise
  /// What stands for it in evaluation: its mean.
  func expected(_ block: NoiseBlock) throws -> StepNoise
}

extension Noise {
  public var arguments: [ArgumentDescription] { [] }
  public func configured(_ choice: NamedChoice) throws -> any Noise { self }
  public var mixedBranches: Int { 1 }
  public var canDropField: Bool { false }
}

/// A step of a network, as noise sees it.
public struct NoiseBlock {
  /// Its number l over all stages, from 1.
  public let index: Int
  /// The number L of steps of the network.
  public let count: Int
  /// The examples of the batch.
  public let examples: Int
  /// The axes of a state, the batch included.
  public let rank: Int
  /// The type of the states.
  public let dataType: DataType
  /// Where they are.
  public let device: Device

  /// Describes a step.
  public init(
    index: Int, count: Int, examples: Int, rank: Int, dataType: DataType, device: Device
  ) {
    self.index = index
    self.count = count
    self.examples = examples
    self.rank = rank
    self.dataType = dataType
    self.device = device
  }
}

/// What noise does to one step.
public struct StepNoise {
  /// A factor of one of the mixed functions.
  public enum Factor {
    /// The same for all examples; at 0 the function is not evaluated.
    case number(Double)
    /// One for each example, `[N, 1, ...]`: the value is multiplied by the first, its gradient by the second.
    case perExample(forward: Tensor, backward: Tensor)
  }

  /// One factor for each mixed function; empty where the field is left alone.
  public var factors: [Factor]
  /// What is added to the state after the step.
  public var added: AddedNoise?

  /// Leaves the step as it is, unless told otherwise.
  public init(factors: [Factor] = [], added: AddedNoise? = nil) {
    self.factors = factors
    self.added = added
  }

  /// Whether no function has to be evaluated.
  var dropsField: Bool {
    !factors.isEmpty
      && factors.allSatisfy { if case .number(0) = $0 { true } else { false } }
  }
}

/// Random numbers that are added to a state; the seed makes them the same each time.
public struct AddedNoise: Sendable {
  /// Their distribution.
  public enum Distribution: Sendable {
    /// Normal with this standard deviation.
    case normal(Double)
    /// Uniform between these bounds.
    case uniform(Double, Double)
  }

  /// Their distribution.
  public let distribution: Distribution
  /// What they follow from.
  public let seed: UInt64

  /// Numbers in the shape of a state.
  func tensor(like state: Tensor) throws -> Tensor {
    let values = try Tensor.empty(state.shape, state.dataType)
    let generator = try Generator(seed: seed)
    switch distribution {
    case .normal(let deviation): try generator.fillNormal(values, deviation: deviation)
    case .uniform(let low, let high): try generator.fillUniform(values, low, high)
    }
    return try values.moved(to: state.device)
  }
}

extension Generator {
  /// One number uniform on [0, 1).
  func uniform() throws -> Double {
    let value = try Tensor.empty([1], .float64)
    try fillUniform(value, 0, 1)
    return try value.scalars(Double.self)[0]
  }
}

/// All kinds of noise by name; a new one is one file and one line here.
public enum NoiseCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any Noise] = [
    NoNoise(),
    StochasticDepth(),
    ShakeShake(),
    AdditiveNoise.gaussian,
    AdditiveNoise.uniform,
    AdditiveNoise.uniformAsPublished,
  ]

  /// The noise that a text such as `none` or `stochastic-depth:survival=0.8` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func noise(named text: String) throws -> any Noise {
    let choice = try NamedChoice("noise", text)
    guard let noise = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "noise", name: choice.name, known: all.map(\.name))
    }
    try choice.check(noise.arguments)
    return try noise.configured(choice)
  }
}
