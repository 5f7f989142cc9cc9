import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The linear map that the steps of a stage are for small changes of a batch's states, for any step size.
///
/// ```
/// v_{l+1} = D_l step(v_l, h, J_l),   J_l = df/du at the state u_l,   D_l = I'(y_l)
/// ```
///
/// The stage's own scheme steps over the field `v -> J_l v` with its Jacobians frozen along the states that were seen, so
/// that h can be varied without another pass. Running statistics of norms are constants. For forward Euler and h as it
/// was, this is the derivative of the stage; for schemes with several evaluations in a step, Jacobians are those at the
/// state before it.
package final class StageLinearization {
  package let stage: Stage
  /// The states before each of the scheme's own steps, and after the last.
  let states: [Tensor]
  private var jacobians: [Key: FieldJacobian] = [:]

  private struct Key: Hashable {
    let step: Int
    let node: Double
    let branch: Int
  }

  /// Why a stage's scheme cannot be taken apart in this way; nil where it can.
  static func refusal(_ scheme: any Scheme) -> String? {
    if !scheme.requirements.isEmpty { return "solves linear systems in a step" }
    if scheme.consistentFor == .zeroAtZero { return "hands increments to the field as states" }
    if scheme.branches > 1, !scheme.halvesState {
      return "evaluates a field at a state that the network does not show"
    }
    return nil
  }

  /// Joins a stage with its states, from the one before its first own step on.
  package init(_ stage: Stage, states: [Tensor]) {
    self.stage = stage
    self.states = states
  }

  /// The numbers of the steps in the stage.
  var steps: Range<Int> { stage.steps }

  /// The step sizes.
  package var sizes: [Double] { steps.map { stage.grid.sizes[$0] } }

  /// The Jacobian of the field that a point evaluates, at the state before the step.
  func jacobian(at point: EvaluationPoint) throws -> FieldJacobian {
    let key = Key(step: point.step, node: point.node, branch: point.branch)
    if let known = jacobians[key] { return known }
    let field = try stage.schedule.field(at: point)
    let pass = NetworkPasses.pass(isTraining: false)
    let branch = point.branch
    let made = try FieldJacobian(at: argument(of: point)) {
      try field($0, branch: branch, pass)
    }
    jacobians[key] = made
    return made
  }

  /// What the field is given at a point: the state, or a half of it.
  private func argument(of point: EvaluationPoint) throws -> Tensor {
    let place = point.step - steps.lowerBound
    guard stage.scheme.halvesState else { return states[place] }
    // X' = f0(Y), then Y' = f1(X+).
    return point.branch == 0
      ? try states[place].halves().1 : try states[place + 1].halves().0
  }

  /// The Jacobian at the beginning of a step, for schemes with one function.
  package func jacobian(ofStep step: Int) throws -> FieldJacobian {
    try jacobian(
      at: EvaluationPoint(
        step: step, node: stage.scheme.nodes.first ?? 0, time: stage.grid.times[step]))
  }

  /// `A v`: the change after the last step that a change v before the first becomes, with steps of the given sizes;
  /// gradients go through it.
  package func propagated(_ v: Tensor, sizes: [Double]) throws -> Tensor {
    let scheme = stage.scheme
    let field = LinearizedField(linearization: self)
    var state = try scheme.initialState(v, time: stage.grid.times[steps.lowerBound])
    state.step = steps.lowerBound
    for (place, h) in sizes.enumerated() {
      state = try scheme.step(state, size: h, field: field)
      if let mask = try mask(after: states[place + 1]) { state.current = try state.current * mask }
    }
    return try scheme.output(state)
  }

  /// `A^T w`.
  package func transposed(_ w: Tensor, sizes: [Double]) throws -> Tensor {
    try withGradients {
      let v = try Tensor.zeros(states[0].shape, states[0].dataType, on: states[0].device)
      try v.setRequiresGradient()
      let end = try propagated(v, sizes: sizes)
      let result = try Tensor.gradients(of: [end], seeds: [w.detached()], withRespectTo: [v])[0]
      return try result ?? v.detached()
    }
  }

  /// The slope of the activation after a step at each element, from its value; nil for the identity.
  private func mask(after state: Tensor) throws -> Tensor? {
    switch stage.activation {
    case .identity: nil
    case .relu: try state.greater(0).cast(to: state.dataType)
    case .tanh: try state.square() * -1 + 1
    case .smoothReLU:
      // On the parabola x = (y + e)^2 / (4 e) the slope (y + e) / (2 e) is sqrt(x / e).
      try (state / Activation.smoothing).clamped(0, 1).squareRoot()
    }
  }
}

/// The field `v -> J_l v`.
private struct LinearizedField: VectorField {
  let linearization: StageLinearization

  func callAsFunction(_ v: Tensor, at point: EvaluationPoint) throws -> Tensor {
    let jacobian = try linearization.jacobian(at: point)
    guard isRecordingGradients, try v.requiresGradient else { return try jacobian.applied(to: v) }
    return try jacobian.differentiably(appliedTo: v)
  }

  func coefficient(_ name: String, at point: EvaluationPoint) throws -> Tensor? {
    try linearization.stage.coefficients.value(name, step: point.step)?.detached()
  }
}
