import TimeStepping
import TimestepLayers
import TimestepTorch

/// The transition of ProcResNet: a bare strided 1x1 convolution before the first step, kept norm-preserving.
///
/// `[N, C, H, W] -> [N, D, H / stride, W / stride]`
///
/// ```
/// v = K u,  u+ = v + h f(v);   K^T K = (D / C) I
/// ```
///
/// No bias, no normalisation and no activation. With `project=no` it is the "modified" transition of table 3 without
/// projection. Source: Zaeemzadeh et al. (2020), figure 1(d) and section 4.
public enum NormPreservingTransition {
  /// The catalog's entry.
  public struct Definition: TransitionDefinition, ProjectedTransition {
    public let name = "norm-preserving"
    public let standsBeforeSteps = true
    public let title = "bare strided 1x1 convolution before the first step, projected to equal gain"
    public let equation = "v = K u, u+ = v + h f(v), K^T K = (D / C) I"
    public let source = "Zaeemzadeh et al. 2020, figure 1(d), algorithm 1"
    public let arguments = ProjectionSettings.arguments(isOn: true)
    /// How and when the kernel is projected; a network with this transition gives them to its stem too.
    public var settings = ProjectionSettings()

    /// Creates the entry with the settings of the paper.
    public init() {}

    public func configured(_ choice: NamedChoice) throws -> any TransitionDefinition {
      var copy = self
      copy.settings = try ProjectionSettings(choice)
      return copy
    }

    public func make(
      _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
      stride: Int, style: FieldStyle
    ) throws -> Transition {
      let convolution = try Convolution2D(
        path / "conv", in: store, from: inputs, to: outputs, kernel: 1, stride: stride,
        bias: false)
      // A 1x1 kernel has the same matrix at all frequencies, whatever the map's size.
      let constraint = try settings.makeConstraint(on: convolution, size: [1, 1], in: store)
      return Transition(convolution, .before, constraints: constraint.map { [$0] } ?? [])
    }
  }
}
