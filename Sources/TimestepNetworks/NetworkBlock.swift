import TimeStepping
import TimestepLayers
import TimestepTorch

/// One block of a network as a map by itself: from the state before it to the state after it, with all that surrounds
/// the map, such as the older states of a multistep scheme, as it was in one pass.
///
/// A block is a time step, or a transition that stands before the first step of a stage.
///
/// ```swift
/// let blocks = try network.blocks(of: example, .evaluation)
/// let next = try blocks[3](blocks[3].input)   // equals blocks[4].input
/// ```
public struct NetworkBlock {
  /// Its place, `stages.1.steps.4` or `stages.1.transition`.
  public let path: String
  /// The number of its stage.
  public let stage: Int
  /// The number of its step in the stage; nil for a transition before the first.
  public let step: Int?
  /// Whether a transition is all of it, or stands on its shortcut.
  public let isTransition: Bool
  /// The step size h; 1 for a transition.
  public let size: Double
  /// How its evaluations become a step.
  public let scheme: any Scheme
  /// What is applied at its end.
  public let activation: Activation
  /// The field of its first evaluation; nil for a transition.
  public let field: (any ResidualField)?
  /// What the scheme carries before it.
  public let state: SchemeState<Tensor>
  private let before: any Scheme
  private let run: (SchemeState<Tensor>) throws -> SchemeState<Tensor>

  init(
    path: String, stage: (number: Int, stage: Stage), step: Int?, before: any Scheme,
    field: (any ResidualField)?, state: SchemeState<Tensor>,
    run: @escaping (SchemeState<Tensor>) throws -> SchemeState<Tensor>
  ) {
    self.path = path
    self.stage = stage.number
    self.step = step
    isTransition = step == nil || (step == 0 && stage.stage.entry != nil)
    size = step.map { stage.stage.grid.sizes[$0] } ?? 1
    scheme = stage.stage.scheme
    activation = stage.stage.activation
    self.field = field
    self.state = state
    self.before = before
    self.run = run
  }

  /// The state before it, both halves of a state of two streams.
  public var input: Tensor {
    get throws { try before.output(state) }
  }

  /// The state after it, for another state before it, `[N, ...]`; older states are those of the pass, which was one of
  /// a single example, for each of the N.
  public func callAsFunction(_ u: Tensor) throws -> Tensor {
    var state = state
    let examples = u.shape.first ?? 1
    func repeated(_ tensor: Tensor) throws -> Tensor {
      try examples == 1 ? tensor : tensor.expanded([examples] + tensor.shape.dropFirst())
    }
    if before.halvesState, !state.history.isEmpty {
      let (first, second) = try u.halves()
      state.current = first
      state.history = [second] + (try state.history.dropFirst().map(repeated))
    } else {
      state.current = u
      state.history = try state.history.map(repeated)
    }
    return try scheme.output(run(state))
  }
}

extension ResidualNetwork {
  /// The blocks in the order of time, as they are in a pass of one example `[1, ...]`; nothing is recorded for gradients.
  ///
  /// - Throws: ``ShapeError`` for another number of examples.
  public func blocks(of example: Tensor, _ pass: ForwardPass) throws -> [NetworkBlock] {
    guard example.shape.first == 1 else {
      throw ShapeError(
        path: "blocks", problem: "one example is looked at, the input is \(example.shape)")
    }
    var pass = pass
    pass.randomness = pass.randomness ?? randomness
    pass.stateType = pass.stateType ?? stateType
    let seen = pass
    return try withoutGradients {
      var input = example
      if let type = seen.stateType, input.rank == 4 { input = try input.cast(to: type) }
      var state = SchemeState(current: try stem(input, seen))
      var before: any Scheme = ForwardEuler()
      var blocks: [NetworkBlock] = []
      for (number, stage) in stages.enumerated() {
        let enter = { (state: SchemeState<Tensor>) in try stage.entered(state, seen) }
        if stage.transition != nil || stage.inlet != nil {
          let step = stage.entry == nil ? nil : 0
          blocks.append(
            NetworkBlock(
              path: "stages.\(number)." + (step == nil ? "transition" : "steps.0"),
              stage: (number, stage), step: step, before: before, field: stage.entry,
              state: state, run: enter))
        }
        state = try enter(state)
        before = stage.scheme
        for step in stage.steps {
          blocks.append(
            NetworkBlock(
              path: "stages.\(number).steps.\(step)", stage: (number, stage), step: step,
              before: before, field: try stage.field(of: step), state: state,
              run: { try stage.advanced($0, seen) }))
          state = try stage.advanced(state, seen)
        }
      }
      return blocks
    }
  }
}

extension Stage {
  /// The field of the first evaluation of a step.
  fileprivate func field(of step: Int) throws -> any ResidualField {
    try schedule.field(
      at: EvaluationPoint(step: step, node: scheme.nodes.first ?? 0, time: grid.times[step]))
  }
}
