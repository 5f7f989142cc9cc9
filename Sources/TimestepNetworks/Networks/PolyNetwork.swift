import TimestepLayers

/// `polynet-D`: the pre-activation network whose steps are poly-2 modules, backward Euler to second order of its
/// Neumann series.
///
/// ```
/// u+ = u + F(u) + F(F(u)),  F = h f
/// ```
///
/// Both applications of F have the same convolutions and norms of their own. D = 6n + 2 counts layers with weights of
/// their own; a step evaluates the field twice. Source: Zhang et al. (2017), PolyNet, module poly-2; LM-ResNet (2018),
/// section 1.1. Widths and stages are those of the CIFAR networks, since the published network is for ImageNet.
public struct PolyNetwork: PlannedFamily {
  public let name = "polynet"
  public let title = "poly-2 modules, truncated backward Euler, for small images"
  public let equation = "u+ = u + F(u) + F(F(u)), F = h f"
  public let source = "PolyNet (2017); LM-ResNet (2018), section 1.1"
  public let depthRule = "6n + 2"
  public let depths = [20, 8, 14, 32, 56]
  public let defaultTask = NetworkTask()

  /// Creates the family.
  public init() {}

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = PreActivationResNet.preActivation.defaults(options, for: task)
    defaults.scheme = "poly-2"
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(3 * layers, 2) }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    try PreActivationResNet.preActivation.plan(options, task: task, in: store)
  }
}
