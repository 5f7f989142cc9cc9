import TimestepLayers

/// `preresnet-D` and `lm-resnet-D`: the pre-activation residual network, by forward Euler and by the linear multistep
/// scheme with a trained k_l in each step.
///
/// ```
/// u_{l+1} = (1 - k_l) u_l + k_l u_{l-1} + f(u_l),  f(u) = K2 relu(BN(K1 relu(BN(u))))
/// ```
///
/// Depth D = 6n + 2 with two 3x3 convolutions per step; 9n + 2 with bottlenecks, which depths 164 and 1001 have unless
/// a field is given. A bare 3x3 convolution, three stages of n steps, norm, ReLU, global average pooling and a linear
/// map; transitions are `K relu(BN(u))` on the shortcut. Weights begin as N(0, 2 / fan_out).
///
/// Source: LM-ResNet (2018), section 2.1 and reference code; He et al. (2016b). The parameter counts of the paper for
/// depths 164 and 1001 do not fit these networks; ours are 1,726,858 (164 layers, 100 classes, with k).
public struct PreActivationResNet: PlannedFamily {
  public let name: String
  public let title: String
  public let equation: String
  public let source = "LM-ResNet (2018), section 2.1; He et al. (2016b)"
  public let depthRule = "6n + 2, with bottlenecks 9n + 2"
  public let depths = [20, 8, 14, 32, 44, 56, 110, 164, 1001, 1202]
  public let defaultTask = NetworkTask()
  private let scheme: String

  /// Depths whose networks are made of bottlenecks in the literature.
  static let bottleneckDepths: Set = [164, 1001]

  /// By forward Euler.
  public static let preActivation = PreActivationResNet(
    name: "preresnet", title: "pre-activation residual network, for small images",
    equation: "u+ = u + h f(u), f(u) = K2 relu(BN(K1 relu(BN(u))))", scheme: "euler")
  /// By the linear multistep scheme.
  public static let linearMultistep = PreActivationResNet(
    name: "lm-resnet", title: "linear multistep residual network with trained k, for small images",
    equation: "u_{l+1} = (1 - k_l) u_l + k_l u_{l-1} + h f(u_l)", scheme: "lm:k=trained")

  private init(name: String, title: String, equation: String, scheme: String) {
    self.name = name
    self.title = title
    self.equation = equation
    self.scheme = scheme
  }

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.scheme = scheme
    let isDeep = options.depth.map(Self.bottleneckDepths.contains) ?? false
    defaults.field = isDeep ? "bottleneck" : "pre-activation"
    defaults.transition = "pre-activated"
    defaults.initialization = "he-normal-fan-out"
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(3 * layers, 2) }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let layers = try NetworkChoices(options).field.layers
    let parts = try SmallImageParts(
      options, task: task, steps: count(options), expansion: layers == 3 ? 4 : 1, store: store)
    return try NetworkPlan(
      stem: parts.stem(to: options.widths?.first ?? 16), stages: parts.stages, head: parts.head())
  }
}
