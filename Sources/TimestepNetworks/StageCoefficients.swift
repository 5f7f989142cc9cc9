import TimeStepping
import TimestepLayers
import TimestepTorch

/// The trained coefficients of a scheme in a stage, one set for each step: the k_l of a linear multistep scheme.
///
/// They stand at `steps.l.k` below the stage, a number or `[C, 1, 1]`; weight decay leaves them alone. Steps that
/// do not use theirs, as the first one, have them nevertheless, as in the published code.
public final class StageCoefficients: ParameterConstraint {
  private let parameters: [String: [Parameter]]
  private let bounds: [String: ClosedRange<Double>]

  /// No coefficients.
  public init() { (parameters, bounds) = ([:], [:]) }

  /// Creates the coefficients of a scheme below `path`, for states of the given kind and channels.
  public init(
    _ path: ParameterPath, in store: ParameterStore, scheme: any Scheme, steps: Int,
    channels: Int, states: StateKind
  ) throws {
    var parameters: [String: [Parameter]] = [:]
    var bounds: [String: ClosedRange<Double>] = [:]
    for coefficient in scheme.trainedCoefficients {
      let shape: [Int] =
        switch (coefficient.shape, states) {
        case (.scalar, _): []
        case (.channel, .points): [channels]
        case (.channel, .sequences): [channels, 1]
        case (.channel, .images): [channels, 1, 1]
        }
      parameters[coefficient.name] = try (0..<steps).map { step in
        try store.parameter(
          path / "steps" / step / coefficient.name, shape: shape, fans: Fans(input: 1, output: 1),
          initializer: UniformInitializer(coefficient.initial), isDecayed: false)
      }
      bounds[coefficient.name] = coefficient.bounds
    }
    (self.parameters, self.bounds) = (parameters, bounds)
  }

  /// The value in a step; nil where the scheme's own number is meant.
  func value(_ name: String, step: Int) -> Tensor? {
    guard let list = parameters[name], list.indices.contains(step) else { return nil }
    return list[step].value
  }

  /// All of them in a step.
  func parameters(of step: Int) -> [Parameter] {
    parameters.keys.sorted().compactMap { name in
      parameters[name].flatMap { $0.indices.contains(step) ? $0[step] : nil }
    }
  }

  /// The numbers in each step, by name: for tables and plots.
  public var all: [String: [Parameter]] { parameters }

  public func apply(afterStep step: Int) throws {
    for (name, range) in bounds {
      for parameter in parameters[name] ?? [] {
        let value = try parameter.value.detached()
        try parameter.assign(value.clamped(range.lowerBound, range.upperBound))
      }
    }
  }
}

/// Uniform on an interval, whatever the fans.
struct UniformInitializer: Initializer {
  let name = "uniform"
  let formula = "U(low, high)"
  let range: ClosedRange<Double>

  init(_ range: ClosedRange<Double>) { self.range = range }

  func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    try generator.fillUniform(tensor, range.lowerBound, range.upperBound)
  }
}
