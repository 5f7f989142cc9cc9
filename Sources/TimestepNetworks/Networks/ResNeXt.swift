import TimestepLayers

/// `resnext-29-CxWd` and `lm-resnext-29-CxWd`: pre-activation bottlenecks whose 3x3 convolution has C groups of W
/// channels, by forward Euler and by the linear multistep scheme.
///
/// Depth D = 9n + 2: a bare 3x3 convolution to 64 channels, three stages of n steps with 256, 512 and 1024 channels.
/// With `lm:k=trained,boundary=project` the history has transitions of its own, which gives the sizes 35.1 and 68.8
/// million of the paper.
///
/// Source: LM-ResNet (2018), section 2.1; Xie et al. (2017).
public struct ResNeXt: PlannedFamily {
  public let name: String
  public let title: String
  public let equation: String
  public let source = "LM-ResNet (2018), section 2.1; Xie et al. (2017)"
  public let depthRule = "9n + 2, e.g. 29-8x64d"
  public let depths = [29]
  public let defaultTask = NetworkTask()
  private let scheme: String

  /// By forward Euler.
  public static let forwardEuler = ResNeXt(
    name: "resnext", title: "grouped bottlenecks, pre-activation, for small images",
    equation: "u+ = u + h f(u), f(u) = K3 relu(BN(G relu(BN(K1 relu(BN(u))))))", scheme: "euler")
  /// By the linear multistep scheme.
  public static let linearMultistep = ResNeXt(
    name: "lm-resnext", title: "linear multistep network of grouped bottlenecks",
    equation: "u_{l+1} = (1 - k_l) u_l + k_l u_{l-1} + h f(u_l)",
    scheme: "lm:k=trained,boundary=project")

  private init(name: String, title: String, equation: String, scheme: String) {
    self.name = name
    self.title = title
    self.equation = equation
    self.scheme = scheme
  }

  public func options(suffix: String) -> NetworkOptions? {
    let parts = suffix.split(separator: "-", omittingEmptySubsequences: false)
    guard let depth = parts.first.flatMap({ Int($0) }), parts.count <= 2 else { return nil }
    var options = NetworkOptions()
    options.depth = depth
    guard parts.count == 2 else { return options }
    // "8x64d"
    let numbers = parts[1].dropLast().split(separator: "x", omittingEmptySubsequences: false)
    guard parts[1].hasSuffix("d"), numbers.count == 2, let groups = Int(numbers[0]),
      let width = Int(numbers[1])
    else { return nil }
    options.field = "resnext:groups=\(groups),width=\(width)"
    return options
  }

  public func networkName(_ options: NetworkOptions) -> String {
    let field = options.field.flatMap { try? FieldCatalog.definition(named: $0) }
    let cardinality =
      (field as? ResNeXtDefinition).map { "-\($0.groups)x\($0.width)d" } ?? ""
    return "\(name)-\(options.depth ?? depths[0])\(cardinality)"
  }

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.widths = [256, 512, 1024]
    defaults.scheme = scheme
    defaults.field = "resnext"
    defaults.transition = "pre-activated"
    defaults.initialization = "he-normal-fan-out"
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(3 * layers, 2) }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let parts = try SmallImageParts(options, task: task, steps: count(options), store: store)
    var stages = parts.stages
    let first = max(1, parts.widths[0] / 4)
    stages[0] = .init(steps: stages[0].steps, inputs: first, channels: parts.widths[0])
    return try NetworkPlan(stem: parts.stem(to: first), stages: stages, head: parts.head())
  }
}
