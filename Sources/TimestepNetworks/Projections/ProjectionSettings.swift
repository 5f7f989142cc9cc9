import TimeStepping
import TimestepLayers
import TimestepTorch

/// How, when and whether the norm-preserving layers of a network are projected.
///
/// One value serves all of them: the transitions between stages and the stem.
public struct ProjectionSettings: Sendable, Hashable {
  /// What kernels are brought back to.
  public var projection = ProcrustesProjection()
  /// After which steps.
  public var schedule = ProjectionSchedule.every(2)
  /// Whether at all; without it the layers are ordinary convolutions at the same places.
  public var isOn = true

  /// The settings of the paper: every second step.
  public init() {}

  /// The arguments by which the settings vary, in the form of ``ArgumentDescription``.
  public static let arguments = [
    ArgumentDescription("every", standard: "2", "steps from one projection to the next"),
    ArgumentDescription(
      "probability", standard: "none", "of projecting after a step, in the place of every"),
    ArgumentDescription("method", standard: "newton-schulz", "or svd"),
    ArgumentDescription("iterations", standard: "15", "of Newton-Schulz"),
    ArgumentDescription(
      "relu", standard: "no", "a larger target for a layer that ReLU follows, by sqrt 2"),
    ArgumentDescription(
      "defect", standard: "no", "the reference codes' conjugated spectrum (kernels beyond 1x1)"),
    ArgumentDescription("project", standard: "yes", "whether kernels are projected at all"),
  ]

  /// The settings with the arguments of a choice.
  ///
  /// - Throws: `ArgumentError` if a value makes no sense.
  public init(_ choice: NamedChoice) throws {
    self.init()
    let every = try choice.integer("every", in: 1...1_000_000_000)
    let probability = try choice.number("probability", in: 0...1)
    if every != nil, probability != nil {
      throw ArgumentError(choice.kind, choice.name, "give either every or probability, not both")
    }
    if let every { schedule = .every(every) }
    if let probability { schedule = .probability(probability) }
    projection.method = try choice.option("method") ?? projection.method
    projection.iterations =
      try choice.integer("iterations", in: 1...1000) ?? projection.iterations
    projection.isFollowedByReLU = try choice.flag("relu") ?? projection.isFollowedByReLU
    projection.conjugationDefect = try choice.flag("defect") ?? projection.conjugationDefect
    isOn = try choice.flag("project") ?? isOn
  }

  /// The constraint on a convolution, which has then projected the initial kernel; nil where projection is off.
  ///
  /// - Parameter size: height and width of the convolution's value.
  public func makeConstraint(on convolution: Convolution2D, size: [Int], in store: ParameterStore)
    throws -> ProjectionConstraint?
  {
    guard isOn else { return nil }
    let constraint = ProjectionConstraint(
      convolution.weight, size: size, projection: projection, schedule: schedule, seed: store.seed)
    try constraint.apply(afterStep: 0)
    return constraint
  }
}
