import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The objective of a small network with or without skips, along the line between two random sets of weights.
///
/// ```
/// Y_{l+1} = P Y_l + tanh(K_l Y_l),  l = 0 ... 4,   Y_6 = tanh(K_5 Y_5),   phi(K) = 1/2 |Y_6(K) - C|_F^2
/// ```
///
/// P is the identity with skips and zero without; 4 numbers in the states, 1 in the output, 100 normal examples, the
/// numbers of K normal with deviation 0.2, C the output for the second set of weights, float64. Lecture, course code;
/// specification section 4.
public struct SkipObjective {
  /// Layers from 4 to 4 numbers, before the one from 4 to 1.
  public static let layers = 5
  private static let width = 4
  private let input: Tensor
  private let stage: Stage
  private let last: SingleField
  private let parameters: [Parameter]
  private let ends: (first: [Tensor], second: [Tensor])
  private let target: Tensor

  /// Draws examples and both sets of weights; equal seeds give equal ones with and without skips.
  public init(hasSkips: Bool, examples: Int = 100, deviation: Double = 0.2, seed: UInt64) throws {
    let generator = try Generator(seed: seed)
    let input = try Tensor.empty([examples, Self.width], .float64)
    try generator.fillNormal(input)
    let store = ParameterStore(dataType: .float64)
    let style = FieldStyle(normalization: .none, activation: .tanh, bias: false)
    let fields = try (0..<Self.layers).map {
      try SingleField(
        .root / "steps" / $0, in: store, shape: FieldShape(inputs: Self.width), style: style)
    }
    last = try SingleField(
      .root / "last", in: store, shape: FieldShape(inputs: Self.width, outputs: 1), style: style)
    stage = try Stage(
      .root, scheme: hasSkips ? ForwardEuler() as any Scheme : PlainNetwork(),
      grid: TimeGrid(steps: Self.layers, size: 1), activation: .identity, transition: nil,
      fields: fields)
    let parameters = store.trainable
    func weights() throws -> [Tensor] {
      try parameters.map {
        let values = try Tensor.empty($0.value.shape, .float64)
        try generator.fillNormal(values, deviation: deviation)
        return values
      }
    }
    ends = (try weights(), try weights())
    (self.input, self.parameters) = (input, parameters)
    for (parameter, value) in zip(parameters, ends.second) { try parameter.assign(value) }
    target = try withoutGradients { [stage, last] in
      try last(stage(input, .evaluation), .evaluation)
    }
  }

  private func objective() throws -> Tensor {
    try (last(stage(input, .evaluation), .evaluation) - target).square().sum() * 0.5
  }

  /// `phi` at the shares t of the way from the first weights to the second.
  public func values(along shares: [Double]) throws -> [Double] {
    try withoutGradients {
      try shares.map { t in
        for (index, parameter) in parameters.enumerated() {
          try parameter.assign(
            (ends.first[index] * (1 - t)).adding(ends.second[index], scaledBy: t))
        }
        return try objective().scalar()
      }
    }
  }

  /// The partial derivatives of `phi` at the first weights.
  public func gradient() throws -> [Double] {
    for (parameter, value) in zip(parameters, ends.first) { try parameter.assign(value) }
    return try withGradients {
      try Tensor.gradients(of: [objective()], withRespectTo: parameters.map(\.value))
        .flatMap { try $0?.scalars(Double.self) ?? [] }
    }
  }

  /// The largest second difference of equally spaced values, relative to their range: what a parabola from 0 to 1 on 0 to
  /// 1 has, 2, and more for a line with sharp bends.
  public static func bend(_ values: [Double], spacing: Double) -> Double {
    guard values.count > 2, let low = values.min(), let high = values.max(), high > low else {
      return .nan
    }
    var most = 0.0
    for index in 1..<values.count - 1 {
      let difference = values[index - 1] - 2 * values[index] + values[index + 1]
      most = max(most, abs(difference))
    }
    return most / (spacing * spacing) / (high - low)
  }
}
