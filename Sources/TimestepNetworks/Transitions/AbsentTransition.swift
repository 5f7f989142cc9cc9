import TimestepLayers

/// No transition at all: the first step of a stage has no skip, `u+ = h f(u)`, and the field changes the shape.
///
/// The plain network of the Procrustes paper, and the multilayer perceptron of the lecture, are the scheme `plain`
/// with this transition.
public enum AbsentTransition {
  /// The catalog's entry.
  public struct Definition: TransitionDefinition {
    public let name = "none"
    public let title = "no skip where the shape changes"
    public let equation = "u+ = h f(u)"
    public let states = Set(StateKind.allCases)
    public let source = "Procrustes ResNet, plain networks; lecture, 1.5"

    /// Creates the entry.
    public init() {}

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      Transition(Identity(), .absent)
    }
  }
}
