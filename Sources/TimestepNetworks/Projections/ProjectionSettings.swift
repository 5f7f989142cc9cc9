import TimeStepping
import TimestepLayers
import TimestepTorch

/// A transition whose kernel is kept norm-preserving by choice.
protocol ProjectedTransition {
  /// How and when it is projected.
  var settings: ProjectionSettings { get }
}

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

  /// No projection at all.
  public static let off: ProjectionSettings = {
    var settings = ProjectionSettings()
    settings.isOn = false
    return settings
  }()

  /// The arguments by which the settings vary, in the form of ``ArgumentDescription``.
  ///
  /// - Parameter isOn: whether kernels are projected where nothing is said.
  public static func arguments(isOn: Bool) -> [ArgumentDescription] {
    shared + [
      ArgumentDescription(
        "project", standard: isOn ? "yes" : "no", "whether kernels are projected at all")
    ]
  }

  private static let shared = [
    ArgumentDescription("every", standard: "2", "steps from one projection to the next"),
    ArgumentDescription(
      "probability", standard: "none", "of projecting after a step, in the place of every"),
    ArgumentDescription("method", standard: "newton-schulz", "or svd"),
    ArgumentDescription("iterations", standard: "15", "of Newton-Schulz"),
    ArgumentDescription(
      "relu", standard: "no", "a larger target for a layer that ReLU follows, by sqrt 2"),
    ArgumentDescription(
      "defect", standard: "no", "the reference codes' conjugated spectrum (kernels beyond 1x1)"),
  ]

  /// The settings with the arguments of a choice.
  ///
  /// - Parameter isOn: whether kernels are projected where nothing is said.
  /// - Throws: `ArgumentError` if a value makes no sense, or says how to project where nothing is projected.
  public init(_ choice: NamedChoice, isOn standard: Bool = true) throws {
    self.init()
    isOn = try choice.flag("project") ?? standard
    if !isOn, let key = choice.values.keys.filter({ $0 != "project" }).min() {
      throw ArgumentError(
        choice.kind, choice.name, "\(key) says how kernels are projected, and project is no")
    }
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
