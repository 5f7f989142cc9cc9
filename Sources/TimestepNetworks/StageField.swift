import TimeStepping
import TimestepLayers
import TimestepTorch

/// The vector field of a whole stage as a scheme sees it: at each point the field with the weights of that time,
/// with the noise of the step, and the trained coefficients of the scheme.
struct StageField: VectorField {
  let schedule: FieldSchedule
  let coefficients: StageCoefficients
  let noise: [StepNoise]
  let activation: Activation
  var pass: ForwardPass
  /// Whether what is projected is the step's own, and not the state it began with, which gradients still need.
  var ownsProjected = true
  /// The end of the step; nil where the activation is not the first thing that becomes of the scheme's sum.
  var end: StepEnd?
  /// Whether the step's base was made inside of the stage and is shown to nobody.
  var ownsBase = false

  func callAsFunction(_ u: Tensor, at point: EvaluationPoint) throws -> Tensor {
    let field = try schedule.field(at: point)
    var pass = pass
    pass.application = point.application
    let factors = noise(at: point).factors
    switch factors.count {
    case 0: return try field(u, branch: point.branch, pass)
    case 1: return try factors[0].apply { try field(u, branch: point.branch, pass) } ?? Self.zero(u)
    default:
      let terms = try factors.enumerated().compactMap { branch, factor in
        try factor.apply { try field(u, branch: branch, pass) }
      }
      guard let first = terms.first else { return try Self.zero(u) }
      return try terms.dropFirst().reduce(first) { try $0 + $1 }
    }
  }

  func coefficient(_ name: String, at point: EvaluationPoint) throws -> Tensor? {
    coefficients.value(name, step: point.step)
  }

  func vanishes(at point: EvaluationPoint) -> Bool { noise(at: point).dropsField }

  func stepping(
    from base: Tensor, along u: Tensor, at point: EvaluationPoint, size h: Double
  ) throws -> Tensor {
    if vanishes(at: point) { return base }
    guard noise(at: point).factors.isEmpty else {
      return try base.adding(self(u, at: point), scaledBy: h)
    }
    let field = try schedule.field(at: point)
    var pass = pass
    pass.application = point.application
    var epilogue = Epilogue(base: base, size: h, activation: end == nil ? .identity : activation)
    epilogue.joinsGradients = ownsBase
    end?.isActivated = true
    return try field(u, branch: point.branch, pass, then: epilogue)
  }

  func projected(_ u: Tensor) throws -> Tensor {
    if let end, end.isActivated { return u }
    return try ownsProjected ? activation.overwriting(u) : activation(u)
  }

  func solvingLinearized(
    _ v: Tensor, factor c: Double, around u: Tensor, at point: EvaluationPoint
  ) throws -> Tensor {
    try schedule.field(at: point).solvingLinearized(v, factor: c, around: u, pass)
  }

  func stiffOperator(_ u: Tensor, at point: EvaluationPoint) throws -> Tensor {
    try schedule.field(at: point).stiffOperator(u)
  }

  func solvingStiff(_ v: Tensor, factor c: Double, at point: EvaluationPoint) throws -> Tensor {
    try schedule.field(at: point).solvingStiff(v, factor: c)
  }

  private func noise(at point: EvaluationPoint) -> StepNoise {
    noise.indices.contains(point.step) ? noise[point.step] : StepNoise()
  }

  /// Zero in the shape of a state.
  private static func zero(_ u: Tensor) throws -> Tensor {
    try Tensor.zeros([1], u.dataType).moved(to: u.device).expanded(u.shape)
  }
}

/// What has become of the state at the end of a step.
final class StepEnd {
  /// Whether the activation was taken in the same pass as the sum.
  var isActivated = false
}

/// The field of a stage's first step where a transition stands on the shortcut: it sees the state before the
/// transition, whatever state it is given.
struct EntryField: VectorField {
  /// What an epilogue makes of the field's value; nil where the field was dropped.
  let value: ((Epilogue) throws -> Tensor)?
  let coefficients: StageCoefficients
  let activation: Activation
  /// The end of the step; nil where the activation is not the first thing that becomes of the scheme's sum.
  let end: StepEnd?

  func callAsFunction(_ u: Tensor, at point: EvaluationPoint) throws -> Tensor {
    if let value { return try value(Epilogue()) }
    return try Tensor.zeros([1], u.dataType).moved(to: u.device).expanded(u.shape)
  }

  func stepping(
    from base: Tensor, along u: Tensor, at point: EvaluationPoint, size h: Double
  ) throws -> Tensor {
    guard let value else { return base }
    end?.isActivated = true
    return try value(
      Epilogue(base: base, size: h, activation: end == nil ? .identity : activation))
  }

  func coefficient(_ name: String, at point: EvaluationPoint) throws -> Tensor? {
    coefficients.value(name, step: point.step)
  }

  func vanishes(at point: EvaluationPoint) -> Bool { value == nil }
}

extension StepNoise.Factor {
  /// The product with a function's value; nil where it is zero and need not be evaluated.
  func apply(_ value: () throws -> Tensor) throws -> Tensor? {
    switch self {
    case .number(0): return nil
    case .number(1): return try value()
    case .number(let factor): return try value() * factor
    case .perExample(let forward, let backward):
      let value = try value()
      // The value is forward * f; the gradient, that of backward * f.
      return try value * backward + value.detached() * (forward - backward)
    }
  }
}
