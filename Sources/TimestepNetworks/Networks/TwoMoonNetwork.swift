import TimestepLayers

/// `dense-D`: a residual network for points in the plane whose state can be drawn, D steps of two affine maps.
///
/// ```
/// u+ = u + h (W2 relu(W1 u + b1) + b2)
/// ```
///
/// The state has the input's dimension; a linear map reads the classes. Source: Robust ResNet (2019), two-moon
/// experiment; its code is not published, so depth 30, hidden width 16 and no batch normalisation are our choice.
public struct TwoMoonNetwork: PlannedFamily {
  public let name = "dense"
  public let title = "residual network for points in the plane, state of the input's dimension"
  public let equation = "u+ = u + h (W2 relu(W1 u + b1) + b2)"
  public let source = "Robust ResNet (2019), two-moon experiment"
  public let depthRule = "n"
  public let depths = [30, 10, 100]
  public let hasPixelOutput = false
  public let defaultTask = NetworkTask(inputShape: [2], classes: 2)
  public let inputs: Set<InputKind> = [.points]

  /// Creates the family.
  public init() {}

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.field = "dense"
    let field = try? FieldCatalog.definition(named: options.field ?? defaults.field)
    let hasWidth = field?.hasHiddenWidth ?? true
    defaults.widths = hasWidth ? [16] : []
    defaults.widthMeaning =
      hasWidth
      ? "width between the two affine maps"
      : "the state has the input's dimension, and the field \(options.field ?? "") no width of its own"
    defaults.normalization = .none
    defaults.bias = true
    defaults.postActivation = .identity
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(1, 0) }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    guard options.bias != false else {
      throw OptionError("bias", false, "the affine maps of \(name) networks always have a bias")
    }
    let size = task.inputShape[0]
    return NetworkPlan(
      .points, stem: Identity(),
      stages: [
        .init(
          steps: try count(options), inputs: size, channels: size, hidden: options.widths?.first)
      ],
      head: try LinearHead(
        ParameterPath.root / "head", in: store, from: size, to: task.outputs))
  }
}
