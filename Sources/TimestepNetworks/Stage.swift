import TimeStepping
import TimestepLayers
import TimestepTorch

/// A part of a network in which the state keeps its shape: a scheme that steps over a time grid, with a vector
/// field of its own weights in every step.
///
/// ```
/// u_{l+1} = I(step(u_l, h_l, f_l)),  l = 0 ... N - 1
/// ```
///
/// I is the activation after each step: the identity, or ReLU in the post-activation network. Where a transition
/// T stands on the shortcut, the first step is the forward Euler step `I(T u + h f_0(u))` whatever the scheme,
/// since only that one is defined between two spaces.
///
/// The weights are constant over a step: a scheme that evaluates the field more than once in a step uses the
/// same `theta_l` each time. Batch normalisation inside the field then sees the states of all evaluations: its
/// running statistics move once per evaluation and average over them.
public final class Stage: Layer {
  /// How evaluations become a step.
  public let scheme: any Scheme
  /// How many steps, of what length.
  public let grid: TimeGrid
  /// What is applied to the state after each step.
  public let activation: Activation
  /// What changes the shape before or in the first step.
  public let transition: Transition?
  /// One field per step.
  public let fields: [any ResidualField]
  private let path: ParameterPath

  /// Joins the parts; there must be one field per step of the grid.
  public init(
    _ path: ParameterPath, scheme: any Scheme, grid: TimeGrid, activation: Activation,
    transition: Transition?, fields: [any ResidualField]
  ) throws {
    guard fields.count == grid.steps else {
      throw ShapeError(
        path: path.description, problem: "\(fields.count) fields for \(grid.steps) steps")
    }
    self.path = path
    self.scheme = scheme
    self.grid = grid
    self.activation = activation
    self.transition = transition
    self.fields = fields
  }

  /// The number of the step at which the scheme begins: 1 after a transition on the shortcut.
  private var firstStep: Int { transition?.place == .shortcut ? 1 : 0 }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try callAsFunction(input, pass, observer: nil)
  }

  /// The stage's value; the observer is shown the state after the transition and after each step.
  public func callAsFunction(
    _ input: Tensor, _ pass: ForwardPass, observer: ((Tensor) throws -> Void)?
  ) throws -> Tensor {
    var u = input
    switch transition?.place {
    case .shortcut:
      if let transition {
        let field = try fields[0](input, pass)
        u = try activation.overwriting(
          transition.map(input, pass).adding(field, scaledBy: grid.sizes[0]))
        try observer?(u)
      }
    case .before:
      if let transition {
        u = try transition.map(input, pass)
        try observer?(u)
      }
    case nil:
      break
    }
    let field = WeightsPerStep(fields: fields, pass: pass)
    var state = try scheme.initialState(u, time: grid.times[firstStep])
    state.step = firstStep
    for step in firstStep..<grid.steps {
      state = try scheme.step(state, size: grid.sizes[step], field: field)
      state.current = try activation.overwriting(state.current)
      state.time = grid.times[step + 1]  // The grid's own: sums of h would drift from it.
      try observer?(try scheme.output(state))
    }
    return try scheme.output(state)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = shape
    if let transition {
      let mapped = try transition.map.trace(shape, &table)
      if transition.place == .shortcut {
        try traceStep(0, isShortcut: true, evaluations: 1, from: shape, to: mapped, &table)
      }
      shape = mapped
    }
    for step in firstStep..<grid.steps {
      try traceStep(
        step, evaluations: scheme.evaluationsPerStep, from: shape, to: shape, &table)
    }
    return shape
  }

  private func traceStep(
    _ step: Int, isShortcut: Bool = false, evaluations: Int, from input: [Int], to output: [Int],
    _ table: inout LayerTable
  ) throws {
    for _ in 0..<evaluations {
      let value = try fields[step].trace(input, &table)
      guard value == output else {
        throw ShapeError(
          path: (path / "steps" / step).description,
          problem: "the field's value \(value) does not have the state's shape \(output)")
      }
    }
    table.add(
      path / "steps" / step,
      "step (\(isShortcut ? "euler" : scheme.name), h = \(grid.sizes[step]))", outputShape: output,
      keptElements: output.reduce(1, *))
  }
}

/// The vector field of a whole stage: in step l, the field with the weights theta_l.
private struct WeightsPerStep: VectorField {
  let fields: [any ResidualField]
  let pass: ForwardPass

  func callAsFunction(_ u: Tensor, at point: EvaluationPoint) throws -> Tensor {
    try fields[point.step](u, pass)
  }
}
