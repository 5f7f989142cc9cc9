import TimeStepping
import TimestepLayers
import TimestepTorch

/// A network made of a stem, stages in which the state flows, and a head that reads the result.
///
/// `[N, C, H, W]` (or `[N, d]`) to logits `[N, classes]`. Every network by name is a value of this one type; what
/// distinguishes them is which layers, fields, schemes, grids and transitions they are made of.
public final class ResidualNetwork: RandomLayer {
  /// All parameters and buffers.
  public let parameters: ParameterStore
  /// The shape of one example without the batch axis.
  public let inputShape: [Int]
  /// From the input to the first state.
  public let stem: any Layer
  /// The flow, stage after stage.
  public let stages: [Stage]
  /// From the last state to the logits.
  public let head: any Layer
  /// Where noise is drawn from in training; its state belongs to a run.
  public let randomness: Generator
  /// The type in which the states of images and sequences are kept and their convolutions computed, with parameters,
  /// statistics, linear maps and outputs in the parameters' type; nil for that one too. States of points are always
  /// of the parameters' type.
  public private(set) var stateType: DataType?
  /// The result of tracing the network for one example.
  public let table: LayerTable

  /// Joins the parts; throws ``ShapeError`` unless they fit together for the input's shape.
  public init(
    parameters: ParameterStore, inputShape: [Int], stem: any Layer, stages: [Stage],
    head: any Layer
  ) throws {
    self.parameters = parameters
    self.inputShape = inputShape
    self.stem = stem
    self.stages = stages
    self.head = head
    randomness = try Generator(seed: parameters.seed &+ 0x6e6f_6973)
    let steps = stages.map(\.grid.steps)
    for (index, stage) in stages.enumerated() {
      stage.blocks = (steps[..<index].reduce(0, +), steps.reduce(0, +))
    }
    var table = LayerTable()
    var shape = try stem.trace(inputShape, &table)
    for stage in stages { shape = try stage.trace(shape, &table) }
    _ = try head.trace(shape, &table)
    self.table = table
  }

  /// Chooses ``stateType``; throws ``OptionError`` where an adjoint refuses it.
  public func keepStates(as type: DataType?) throws {
    for stage in stages {
      let context = AdjointContext(
        scheme: stage.scheme, steps: stage.steps.count, activation: stage.activation,
        dataType: type ?? parameters.dataType)
      if let problem = stage.adjoint.refusal(context) {
        throw OptionError("adjoint", stage.adjoint.name, problem)
      }
    }
    stateType = type
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let pass = completed(pass)
    return try head(lastState(input, pass), pass).cast(to: parameters.dataType)
  }

  /// The numbers `[N, m]` that the last linear map reads, for heads that end with one.
  ///
  /// - Throws: ``OptionError`` for other heads.
  public func features(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let pass = completed(pass)
    return try linearReadout().features(lastState(input, pass), pass).cast(to: parameters.dataType)
  }

  /// The head, where it ends with a linear map; throws ``OptionError`` where it does not.
  public func linearReadout() throws -> any LinearReadout {
    guard let head = head as? any LinearReadout else {
      throw OptionError(
        "network", "\(type(of: head))",
        "this head does not end with one linear map of each example; use a network for points, or one "
          + "for images with a class for each")
    }
    return head
  }

  /// The pass with what it leaves to the network.
  private func completed(_ pass: ForwardPass) -> ForwardPass {
    var pass = pass
    pass.randomness = pass.randomness ?? randomness
    pass.stateType = pass.stateType ?? stateType
    return pass
  }

  /// The state after all stages.
  private func lastState(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var input = input
    if let probe = pass.probe { input = try probe.boundary(input, before: 0, .root / "input") }
    if let type = pass.stateType, input.rank == 4 { input = try input.cast(to: type) }
    var state = SchemeState(current: try stem(input, pass))
    if let probe = pass.probe {
      state.current = try probe.boundary(state.current, of: 0, .root / "stem")
    }
    for stage in stages { state = try stage.flow(state, pass) }
    return try stages.last?.scheme.output(state) ?? state.current
  }

  /// What parameters are brought back to after optimiser steps.
  public var constraints: [any ParameterConstraint] {
    stemConstraints + stages.flatMap(\.constraints)
  }

  private var stemConstraints: [any ParameterConstraint] {
    (stem as? any ConstrainedLayer)?.constraints ?? []
  }

  /// Numbers kept for the gradient of one example by an adjoint, the networks' own by default.
  public func keptElements(_ adjoint: (any Adjoint)? = nil) -> Int {
    let inSteps = stages.reduce(0) { $0 + $1.memory.steps.reduce(0, +) }
    return table.keptElements - inSteps
      + stages.reduce(0) {
        $0 + (adjoint ?? $1.adjoint).keptElements(steps: $1.memory.steps, state: $1.memory.state)
      }
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try stem.trace(shape, &table)
    for stage in stages { shape = try stage.trace(shape, &table) }
    return try head.trace(shape, &table)
  }
}
