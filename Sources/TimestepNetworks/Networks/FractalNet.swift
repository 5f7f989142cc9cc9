import TimestepLayers

/// `fractalnet-D`: stages of one fractal block each, D = stages x longest path of a block.
///
/// ```
/// p_1 = K,  p_{c+1} = 1/2 K + 1/2 p_c o p_c,  K = relu(BN(k *))
/// ```
///
/// The default D = 20 has five stages of 64, 128, 256, 512 and 512 channels and blocks of 3 columns (longest path 4);
/// D = 40 has 4 columns. Between stages a 1x1 convolution changes the channels and a pooling halves the image, where
/// the published network changes channels inside the first convolutions of a block: its counts differ from ours.
///
/// Source: Larsson et al. (2017), FractalNet; LM-ResNet (2018), section 1.2.
public struct FractalNet: PlannedFamily {
  public let name = "fractalnet"
  public let title = "fractal blocks without skips, for small images"
  public let equation = "p_1 = K, p_{c+1} = 1/2 K + 1/2 p_c o p_c"
  public let source = "FractalNet (2017); LM-ResNet (2018), section 1.2"
  public let depthRule = "5 x 2^(columns - 1)"
  public let depths = [20, 10, 40]
  public let hasPixelOutput = false
  public let defaultTask = NetworkTask()

  /// Creates the family.
  public init() {}

  /// The columns of a block by the network's depth.
  static let columns = [10: 2, 20: 3, 40: 4, 80: 5]

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.widths = [64, 128, 256, 512, 512]
    defaults.widthMeaning = "channels of the five stages"
    defaults.scheme = "fractal:columns=\(Self.columns[options.depth ?? depths[0]] ?? 3)"
    defaults.field = "conv"
    defaults.transition = "connector"
    defaults.postActivation = .identity
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(1, 0) }

  public func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    let depth = options.depth ?? depths[0]
    guard Self.columns[depth] != nil else {
      throw OptionError("depth", depth, "this family has depths 10, 20, 40 and 80")
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
    let stages = widths.indices.map { index in
      // Stages of equal width still halve the image.
      NetworkPlan.StagePlan(
        steps: 1, inputs: widths[max(index - 1, 0)], channels: widths[index],
        stride: index == 0 ? 1 : 2)
    }
    return NetworkPlan(
      stem: try ImageStem(
        root / "stem", in: store, from: task.inputShape[0], to: widths[0], style: choices.style),
      stages: stages,
      head: try PoolingHead(root / "head", in: store, from: widths.last ?? 0, to: task.outputs))
  }
}
