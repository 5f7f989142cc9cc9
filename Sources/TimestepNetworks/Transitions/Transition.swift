import TimeStepping
import TimestepLayers
import TimestepTorch

/// What joins two stages of different shape: the map T from the space of one to the space of the next.
public struct Transition {
  /// Where T stands relative to the first step of the new stage.
  public enum Place: Sendable {
    /// In the place of the identity: `u+ = T u + h f(u)`, where f changes the shape too.
    case shortcut
    /// Before it: `v = T u`, then `u+ = v + h f(v)`.
    case before
    /// Nowhere: the first step has no skip, `u+ = h f(u)`, where f changes the shape.
    case absent
  }

  /// The map T.
  public let map: any Layer
  /// Where it stands.
  public let place: Place
  /// What its parameters are brought back to after optimiser steps.
  public let constraints: [any ParameterConstraint]

  /// Creates a transition.
  public init(_ map: any Layer, _ place: Place, constraints: [any ParameterConstraint] = []) {
    self.map = map
    self.place = place
    self.constraints = constraints
  }
}

/// A kind of transition.
public protocol TransitionDefinition: CatalogEntry {
  /// The states it is defined on; images by default.
  var states: Set<StateKind> { get }
  /// Whether it stands before the first step, not beside its field; no by default.
  var standsBeforeSteps: Bool { get }
  /// The arguments by which it can be varied, `norm-preserving:every=2`; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The definition with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any TransitionDefinition
  /// A transition with fresh weights below `path`.
  func make(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    stride: Int, style: FieldStyle
  ) throws -> Transition
}

extension TransitionDefinition {
  public var states: Set<StateKind> { [.images] }
  public var standsBeforeSteps: Bool { false }
  public var arguments: [ArgumentDescription] { [] }
  public func configured(_ choice: NamedChoice) throws -> any TransitionDefinition { self }
}

/// All kinds of transitions by name; a new one is one file and one line here.
public enum TransitionCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any TransitionDefinition] = [
    ProjectionTransition.Definition(),
    SequenceProjectionTransition.Definition(),
    PreActivatedTransition.Definition(),
    ZeroPaddingTransition.Definition(),
    PoolingTransition.Definition(),
    ConnectorTransition.Definition(),
    NormPreservingTransition.Definition(),
    AbsentTransition.Definition(),
  ]

  /// The kind that a text such as `projection` or `norm-preserving:every=2` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func definition(named text: String) throws -> any TransitionDefinition {
    let choice = try NamedChoice("transition", text)
    guard let definition = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "transition", name: choice.name, known: all.map(\.name))
    }
    try choice.check(definition.arguments)
    return try definition.configured(choice)
  }
}
