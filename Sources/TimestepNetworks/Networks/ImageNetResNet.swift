import TimestepLayers

/// `imagenet-resnet-D` and `imagenet-lm-resnet-D`: networks for large images, D = 18, 34, 50, 101 or 152.
///
/// A 7x7 convolution with stride 2, a maximum, and four stages of 3, 4, 6, 3 (50), 3, 4, 23, 3 (101) or 3, 8, 36, 3
/// (152) steps of bottlenecks with 256, 512, 1024 and 2048 channels; or 2, 2, 2, 2 (18) or 3, 4, 6, 3 (34) steps of two
/// convolutions with 64, 128, 256 and 512 channels. The first is the network of torchvision's `resnet18` to `resnet152` (stride on
/// the 3x3 convolution); the second is its pre-activation form by the linear multistep scheme.
///
/// Source: He et al. (2016), table 1; LM-ResNet (2018), table 3.
public struct ImageNetResNet: PlannedFamily {
  public let name: String
  public let title: String
  public let equation: String
  public let source = "He et al. (2016), table 1; LM-ResNet (2018), table 3"
  public let depthRule = "18, 34, 50, 101 or 152"
  public let depths = [50, 101, 152, 18, 34]
  public let hasPixelOutput = false
  public let defaultTask = NetworkTask(inputShape: [3, 224, 224], classes: 1000)
  private let isMultistep: Bool

  /// Post-activation, by forward Euler.
  public static let postActivation = ImageNetResNet(
    name: "imagenet-resnet", title: "residual network for large images, post-activation",
    equation: "u+ = relu(u + h f(u)), f(u) = BN(K3 relu(BN(K2 relu(BN(K1 u)))))",
    isMultistep: false)
  /// Pre-activation, by the linear multistep scheme.
  public static let linearMultistep = ImageNetResNet(
    name: "imagenet-lm-resnet", title: "linear multistep network for large images",
    equation: "u_{l+1} = (1 - k_l) u_l + k_l u_{l-1} + h f(u_l)", isMultistep: true)

  private init(name: String, title: String, equation: String, isMultistep: Bool) {
    self.name = name
    self.title = title
    self.equation = equation
    self.isMultistep = isMultistep
  }

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.widths = [64, 128, 256, 512]
    defaults.widthMeaning = "channels of the four stages inside their fields"
    defaults.scheme = isMultistep ? "lm:k=trained" : "euler"
    let isSmall = options.depth == 18 || options.depth == 34
    defaults.field =
      isSmall
      ? (isMultistep ? "pre-activation" : "basic")
      : (isMultistep ? "bottleneck" : "bottleneck-post")
    defaults.transition = isMultistep ? "pre-activated" : "projection"
    defaults.initialization = "he-normal-fan-out"
    return defaults
  }

  /// Steps of the four stages.
  static let steps = [
    18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3],
  ]

  public func depths(layers: Int) -> DepthRule { DepthRule(1, 0) }

  public func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    let depth = options.depth ?? depths[0]
    guard Self.steps[depth] != nil else {
      throw OptionError("depth", depth, "this family has depths \(depthRule)")
    }
    try check(task)
    var options = options
    options.depth = depth
    return try options.completed(defaults(options, for: task))
  }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let choices = try NetworkChoices(options)
    let root = ParameterPath.root
    let widths = options.widths ?? []
    let expansion = choices.field.layers == 3 ? 4 : 1
    let isPreActivated = choices.field.isPreActivated
    let steps = Self.steps[options.depth ?? depths[0]] ?? []
    let stages = zip(widths.indices, steps).map { index, steps in
      NetworkPlan.StagePlan(
        steps: steps, inputs: index == 0 ? widths[0] : widths[index - 1] * expansion,
        channels: widths[index] * expansion, stride: index == 0 ? 1 : 2)
    }
    let last = (widths.last ?? 0) * expansion
    return NetworkPlan(
      stem: try LargeImageStem(
        root / "stem", in: store, from: task.inputShape[0], to: widths[0], style: choices.style,
        activates: !isPreActivated),
      stages: stages,
      head: isPreActivated
        ? try PreActivatedHead(
          root / "head", in: store, from: last, to: task.outputs, style: choices.style)
        : try PoolingHead(root / "head", in: store, from: last, to: task.outputs))
  }
}
