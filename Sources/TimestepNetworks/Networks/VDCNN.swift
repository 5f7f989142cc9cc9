import TimestepLayers

/// `vdcnn-D`: the very deep convolutional network for text, post-activation, with step size h.
///
/// ```
/// u+ = relu(u + h f(u)),  f(u) = BN(K2 relu(BN(K1 u)))  with 1-D convolutions
/// ```
///
/// Characters `[N, 1024]` become vectors of 16 numbers, then 64 channels; four stages of 64, 128, 256 and 512 channels
/// with a maximum over 3 characters with stride 2 between; the maximum at 8 positions; and three linear maps of width
/// 1024. The depths are labels of the reference code: 64 and 68 count 65 and 69 convolutions.
///
/// Source: Conneau et al. (2017); Robust ResNet (2019), reference code `net.py` (spec 1.3). Without normalisation
/// everything else stays: the convolutions have a bias in either case.
public struct VDCNN: PlannedFamily {
  public let name = "vdcnn"
  public let title = "very deep convolutional network with step size h, for text"
  public let equation = "u+ = relu(u + h f(u)), f(u) = BN(K2 relu(BN(K1 u)))"
  public let source = "VDCNN (2017); Robust ResNet (2019), reference code"
  public let depthRule = "9, 17, 29, 49, 64 or 68"
  public let depths = [9, 17, 29, 49, 64, 68]
  public let hasPixelOutput = false
  public let defaultTask = NetworkTask(inputShape: [1024], inputKind: .texts, classes: 4)
  public let inputs: Set<InputKind> = [.texts]

  /// Creates the family.
  public init() {}

  /// Steps of the four stages by label.
  static let steps = [
    9: [1, 1, 1, 1], 17: [2, 2, 2, 2], 29: [5, 5, 2, 2], 49: [8, 8, 5, 3], 64: [10, 10, 7, 5],
    68: [11, 11, 8, 4],
  ]
  /// The symbols of the alphabet, the padding and the unknown one.
  static let symbols = 70

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.widths = [64, 128, 256, 512, 1024]
    defaults.widthMeaning = "channels of the four stages and the width of the linear maps"
    defaults.field = "conv1d"
    defaults.transition = "projection-1d"
    defaults.bias = true
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(1, 0) }

  public func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    let depth = options.depth ?? depths[0]
    guard Self.steps[depth] != nil else {
      throw OptionError("depth", depth, "this family has depths \(depthRule)")
    }
    try check(task)
    guard options.bias != false else {
      throw OptionError("bias", false, "the convolutions of \(name) networks always have a bias")
    }
    var options = options
    options.depth = depth
    return try options.completed(defaults(options, for: task))
  }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let root = ParameterPath.root
    let widths = options.widths ?? []
    let stem = try TextStem(
      root / "stem", in: store, symbols: Self.symbols, width: 16, channels: widths[0])
    let steps = Self.steps[options.depth ?? depths[0]] ?? []
    let stages = try steps.indices.map { index in
      NetworkPlan.StagePlan(
        steps: steps[index], inputs: widths[max(index - 1, 0)], channels: widths[index],
        inlet: index == 0
          ? nil
          : try Pooling(
            root / "stages" / index / "pool", .max, kernel: 3, stride: 2, padding: 1))
    }
    let head = try TextHead(
      root / "head", in: store, channels: widths[3], hidden: widths[4], classes: task.outputs)
    return NetworkPlan(.sequences, stem: stem, stages: stages, head: head)
  }
}
