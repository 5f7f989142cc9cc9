import TimeStepping
import TimestepLayers
import TimestepTorch

/// The trained coefficients of a scheme in a stage, one set for each step: the k_l of a linear multistep scheme.
///
/// They stand at `steps.l.k` below the stage, a number or `[C, 1, 1]`; weight decay leaves them alone. Steps that
/// do not use theirs, as the first one, have them nevertheless, as in the published code.
public final class StageCoefficients: ParameterConstraint {
  /// The parameters of each step by name.
  public let all: [[String: Parameter]]
  private let bounded: [(parameter: Parameter, bounds: ClosedRange<Double>)]

  /// No coefficients.
  public init() { (all, bounded) = ([], []) }

  /// Creates the coefficients of a scheme below `path`, for states of the given kind and channels.
  ///
  /// - Parameter first: the first step that the scheme makes; 1 after a transition on the shortcut.
  public init(
    _ path: ParameterPath, in store: ParameterStore, scheme: any Scheme, steps: Int, first: Int,
    channels: Int, states: StateKind
  ) throws {
    var bounded: [(Parameter, ClosedRange<Double>)] = []
    all = try (0..<steps).map { step in
      var parameters: [String: Parameter] = [:]
      for coefficient in scheme.trainedCoefficients(step: max(0, step - first)) {
        let parameter = try store.parameter(
          path / "steps" / step / coefficient.name,
          shape: Self.shape(coefficient, channels, states), fans: Fans(input: 1, output: 1),
          initializer: UniformInitializer(coefficient.initial), isDecayed: false)
        parameters[coefficient.name] = parameter
        if let bounds = coefficient.bounds { bounded.append((parameter, bounds)) }
      }
      return parameters
    }
    self.bounded = bounded
  }

  private static func shape(_ coefficient: TrainedCoefficient, _ channels: Int, _ states: StateKind)
    -> [Int]
  {
    switch (coefficient.shape, states) {
    case (.scalar, _): []
    case (.channel, .points): [channels]
    case (.channel, .sequences): [channels, 1]
    case (.channel, .images): [channels, 1, 1]
    }
  }

  /// The value in a step; nil where the scheme's own number is meant.
  public func value(_ name: String, step: Int) -> Tensor? {
    all.indices.contains(step) ? all[step][name]?.value : nil
  }

  /// All of them in a step.
  func parameters(of step: Int) -> [Parameter] {
    guard all.indices.contains(step) else { return [] }
    return all[step].sorted { $0.key < $1.key }.map(\.value)
  }

  public func apply(afterStep step: Int) throws {
    for (parameter, bounds) in bounded {
      try parameter.assign(
        parameter.value.detached().clamped(bounds.lowerBound, bounds.upperBound))
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
