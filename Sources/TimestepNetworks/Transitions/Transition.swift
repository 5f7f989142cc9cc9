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
  }

  /// The map T.
  public let map: any Layer
  /// Where it stands.
  public let place: Place

  /// Creates a transition.
  public init(_ map: any Layer, _ place: Place) {
    self.map = map
    self.place = place
  }
}

/// A kind of transition.
public protocol TransitionDefinition: CatalogEntry {
  /// A transition with fresh weights below `path`.
  func make(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    stride: Int, batchNorm: Bool
  ) throws -> Transition
}

/// All kinds of transitions by name; a new one is one file and one line here.
public enum TransitionCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any TransitionDefinition] = [
    ProjectionTransition.Definition()
  ]
}
