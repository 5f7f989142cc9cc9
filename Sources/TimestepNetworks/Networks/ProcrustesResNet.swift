import TimestepLayers

/// `procresnet-D`, and the networks it is compared with: `bottleneck-resnet-D` and `plain-resnet-D`.
///
/// ```
/// u+ = u + h f(u),  f(u) = K3 relu(BN(K2 relu(BN(K1 relu(BN(u))))))
/// ```
///
/// ProcResNet has D = 9n + 4: a bare 3x3 convolution to 64 channels, three stages of n bottlenecks with 64, 128 and
/// 256 channels, joined by bare strided 1x1 convolutions before the first step. Stem and transitions are kept
/// norm-preserving by projections, every second step unless the transition's arguments say otherwise. The others have
/// D = 9n + 2: a 3x3 convolution to 16 channels with norm and ReLU, and in the ResNet transitions `K relu(BN(u))` on
/// the shortcut; the plain network has no skips at all.
///
/// Source: Zaeemzadeh et al. (2020), section 4, and its PyTorch code; EraseReLU is `--field bottleneck:erased=yes`.
public struct ProcrustesResNet: PlannedFamily {
  /// What joins the stages, and whether there are skips.
  private enum Kind { case normPreserving, original, plain }

  public let name: String
  public let title: String
  public let equation: String
  public let source = "Procrustes ResNet (2020), section 4"
  public let depths: [Int]
  public let defaultTask = NetworkTask()
  private let kind: Kind

  /// With norm-preserving stem and transitions.
  public static let normPreserving = ProcrustesResNet(
    .normPreserving, "procresnet", "bottlenecks with norm-preserving transitions",
    "u+ = u + h f(u); v = K u with K^T K = (D / C) I between stages",
    depths: [166, 13, 22, 85, 274, 634, 1003])
  /// The pre-activation ResNet of the paper.
  public static let original = ProcrustesResNet(
    .original, "bottleneck-resnet",
    "pre-activation bottlenecks, the ResNet of the Procrustes paper",
    "u+ = u + h f(u), f(u) = K3 relu(BN(K2 relu(BN(K1 relu(BN(u))))))",
    depths: [164, 11, 20, 83, 272, 632, 1001])
  /// The same without skips.
  public static let plain = ProcrustesResNet(
    .plain, "plain-resnet", "pre-activation bottlenecks without any skip", "u+ = f(u)",
    depths: [164, 11, 20, 83])

  private init(
    _ kind: Kind, _ name: String, _ title: String, _ equation: String, depths: [Int]
  ) {
    self.kind = kind
    self.name = name
    self.title = title
    self.equation = equation
    self.depths = depths
  }

  public var depthRule: String { kind == .normPreserving ? "9n + 4" : "9n + 2" }

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.widthMeaning = "channels inside the bottlenecks of the three stages"
    defaults.field = "bottleneck"
    defaults.scheme = kind == .plain ? "plain" : "euler"
    defaults.transition =
      switch kind {
      case .normPreserving: "norm-preserving"
      case .original: "pre-activated"
      case .plain: "none"
      }
    defaults.initialization = "he-normal"
    return defaults
  }

  public func depths(layers: Int) -> DepthRule {
    DepthRule(3 * layers, kind == .normPreserving ? 4 : 2)
  }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let parts = try SmallImageParts(
      options, task: task, steps: count(options), expansion: 4, store: store)
    let stem = ParameterPath.root / "stem"
    guard kind == .normPreserving else {
      return try NetworkPlan(
        stem: ImageStem(
          stem, in: store, from: task.inputShape[0], to: options.widths?.first ?? 16,
          style: parts.choices.style),
        stages: parts.stages, head: parts.head())
    }
    var stages = parts.stages
    stages[0].inputs = parts.widths[0]
    stages[0].hasTransition = false
    let definition = parts.choices.transition as? any ProjectedTransition
    let settings = definition?.settings ?? .off
    return try NetworkPlan(
      stem: NormPreservingStem(
        stem, in: store, from: task.inputShape[0], to: parts.widths[0],
        size: Array(task.inputShape[1...]), settings: settings),
      stages: stages, head: parts.head())
  }
}
