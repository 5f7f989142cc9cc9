import TimeStepping
import TimestepLayers
import TimestepTorch

/// What distinguishes one family from another once fields, schemes and the other choices are made: the first layer,
/// the stages, and the last layers.
public struct NetworkPlan {
  /// One stage.
  public struct StagePlan {
    /// The number of steps.
    public var steps: Int
    /// Channels of the state before the stage.
    public var inputs: Int
    /// Channels of the state.
    public var channels: Int
    /// Pixels of the state before per pixel of the state, along each axis.
    public var stride: Int
    /// Channels inside the field; nil where the field decides.
    public var hidden: Int?
    /// What comes first, such as a pooling.
    public var inlet: (any Layer)?
    /// Whether a transition stands at the beginning, even where the shape stays.
    public var hasTransition: Bool
    /// Makes the stage at a path where the family does not leave that to the choices of field and scheme.
    public var whole: ((ParameterPath) throws -> Stage)?
    /// Whether a stage comes before.
    var hasHistory = false

    /// Describes a stage; a transition stands where channels or size change, unless told otherwise.
    public init(
      steps: Int, inputs: Int, channels: Int, stride: Int = 1, hidden: Int? = nil,
      inlet: (any Layer)? = nil, hasTransition: Bool? = nil
    ) {
      self.steps = steps
      self.inputs = inputs
      self.channels = channels
      self.stride = stride
      self.hidden = hidden
      self.inlet = inlet
      self.hasTransition = hasTransition ?? (inputs != channels || stride != 1)
    }
  }

  /// The kind of states that the stages step.
  public var states: StateKind
  /// From the input to the first state.
  public var stem: any Layer
  /// The stages in order.
  public var stages: [StagePlan]
  /// Makes the part from the last state to the logits; called after the stages, so that parameters are in the order
  /// of the layers.
  public var head: () throws -> any Layer

  /// Describes a network.
  public init(
    _ states: StateKind = .images, stem: any Layer, stages: [StagePlan],
    head: @escaping @autoclosure () throws -> any Layer
  ) {
    self.states = states
    self.stem = stem
    self.stages = stages
    self.head = head
  }
}

extension NetworkPlan {
  /// The network with fresh weights, stages at `stages.0`, `stages.1`, ... of the store.
  ///
  /// - Throws: ``OptionError`` for choices that do not go together.
  public func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
  {
    let choices = try NetworkChoices(options)
    guard choices.field.states.contains(states) else {
      let known = choices.field.states.map(\.rawValue).sorted().joined(separator: " and ")
      throw OptionError(
        "field", choices.field.name, "it is for \(known), and this network steps \(states.rawValue)"
      )
    }
    let stages = try stages.enumerated().map { index, plan in
      var plan = plan
      plan.hasHistory = index > 0
      return try StageAssembly(
        plan: plan, path: ParameterPath.root / "stages" / index, options: options,
        choices: choices, store: store
      ).make()
    }
    return try ResidualNetwork(
      parameters: store, inputShape: task.inputShape, stem: stem, stages: stages, head: head())
  }
}
