import TimestepLayers

/// `resnet-D`: the post-activation residual network for small images, with step size h.
///
/// ```
/// u+ = relu(u + h f(u)),  f(u) = BN(K2 relu(BN(K1 u)))
/// ```
///
/// Depth D = 6n + 2: a 3x3 convolution, three stages of n steps with 16, 32 and 64 channels, global average
/// pooling and a linear map. h multiplies the residual branch alone; h = 1 is the ordinary ResNet. Without
/// normalisation the 3x3 convolutions have a bias, unless switched off, and the 1x1 ones do not.
///
/// Source: Zhang et al., Towards Robust ResNet (2019), section 4, and its reference code, which takes the
/// architecture from He et al. (2016), section 4.2.
public struct RobustResNet: PlannedFamily {
  public let name = "resnet"
  public let title = "post-activation residual network with step size h, for small images"
  public let equation = "u+ = relu(u + h f(u)), f(u) = BN(K2 relu(BN(K1 u)))"
  public let source = "Robust ResNet (2019); He et al. (2016), section 4.2"
  public let depthRule = "6n + 2"
  public let depths = [20, 8, 14, 32, 44, 56, 110, 218, 1202]
  public let defaultTask = NetworkTask()

  /// Creates the family.
  public init() {}

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    NetworkDefaults()
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(3 * layers, 2) }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let parts = try SmallImageParts(options, task: task, steps: count(options), store: store)
    return try NetworkPlan(
      stem: parts.stem(to: parts.widths[0]), stages: parts.stages, head: parts.head())
  }
}
