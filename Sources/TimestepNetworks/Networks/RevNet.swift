import TimestepLayers

/// `revnet-D`: two streams that step in turn, so that states need not be kept for the gradient.
///
/// ```
/// X+ = X + h f(Y),  Y+ = Y + h g(X+)
/// ```
///
/// D = 12n + 2 as in the source: three stages of n steps, each with two fields of two convolutions on half of the
/// channels; channels 32, 64, 112. Where a stage changes the shape its first step is an ordinary residual block on all
/// channels, which is not reversible: its input is kept. The adjoint is `reversible` unless chosen otherwise.
///
/// Source: Gomez et al. (2017), The reversible residual network; LM-ResNet (2018), section 1.3.
public struct RevNet: PlannedFamily {
  public let name = "revnet"
  public let title = "reversible two-stream network, for small images"
  public let equation = "X+ = X + h f(Y), Y+ = Y + h g(X+)"
  public let source = "RevNet (2017); LM-ResNet (2018), section 1.3"
  public let depthRule = "12n + 2"
  public let depths = [38, 14, 26, 110]
  public let defaultTask = NetworkTask()

  /// Creates the family.
  public init() {}

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = PreActivationResNet.preActivation.defaults(NetworkOptions(), for: task)
    defaults.widths = [32, 64, 112]
    defaults.scheme = "rev"
    // Another scheme may have no inverse; what was not asked for is not insisted on.
    defaults.adjoint = options.scheme == nil || options.scheme == "rev" ? "reversible" : "stored"
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(6 * layers, 2) }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let parts = try SmallImageParts(options, task: task, steps: count(options), store: store)
    return try NetworkPlan(
      stem: parts.stem(to: parts.widths[0]), stages: parts.stages, head: parts.head())
  }
}
