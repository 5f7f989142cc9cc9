import TimeStepping
import TimestepLayers
import TimestepTorch

/// `resnet-D`: the post-activation residual network for small images, with step size h.
///
/// ```
/// u+ = relu(u + h f(u)),  f(u) = BN(K2 relu(BN(K1 u)))
/// ```
///
/// Depth D = 6n + 2: a 3x3 convolution, three stages of n steps with 16, 32 and 64 channels, global average
/// pooling and a linear map. h multiplies the residual branch alone; h = 1 is the ordinary ResNet. Without batch
/// normalisation the 3x3 convolutions have a bias, unless switched off, and the 1x1 ones do not.
///
/// Source: Zhang et al., Towards Robust ResNet (2019), section 4, and its reference code, which takes the
/// architecture from He et al. (2016), section 4.2.
public struct RobustResNet: NetworkFamily {
  public let name = "resnet"
  public let title = "post-activation residual network with step size h, for small images"
  public let equation = "u+ = relu(u + h f(u)), f(u) = BN(K2 relu(BN(K1 u)))"
  public let source = "Robust ResNet (2019); He et al. (2016), section 4.2"
  public let depthRule = "6n + 2"
  public let depths = [20, 8, 14, 32, 44, 56, 110, 218]
  public let defaultTask = NetworkTask()

  /// Creates the family.
  public init() {}

  public func resolved(_ options: NetworkOptions) throws -> NetworkOptions {
    var options = options
    let depth = options.depth ?? depths[0]
    guard depth <= 100_000 else { throw OptionError("depth", depth, "at most 100000") }
    guard depth >= 8, (depth - 2) % 6 == 0 else {
      let below = depth < 8 ? 8 : (depth - 2) / 6 * 6 + 2
      throw OptionError(
        "depth", depth, "this family has depths 6n + 2, e.g. \(below) or \(below + 6)")
    }
    options.depth = depth
    options.widths = try options.resolvedWidths(
      default: [16, 32, 64], meaning: "channels of the three stages")
    options.h = try options.resolvedStepSize()
    options.scheme = try options.resolvedScheme().name
    options.batchNorm = options.batchNorm ?? true
    options.bias = options.bias ?? (options.batchNorm == false)
    options.postActivation = options.postActivation ?? .relu
    return options
  }

  public func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
  {
    guard task.inputShape.count == 3 else {
      throw OptionError(
        "dataset", task.inputShape, "\(name) networks are for images, [channels, height, width]")
    }
    let options = try resolved(options)
    let widths = options.widths ?? []
    let style = FieldStyle(batchNorm: options.batchNorm ?? true, bias: options.bias ?? false)
    let root = ParameterPath.root
    let stem = try ImageStem(
      root / "stem", in: store, from: task.inputShape[0], to: widths[0], style: style)
    let steps = ((options.depth ?? depths[0]) - 2) / 6
    let stages = try widths.indices.map { index in
      let path = root / "stages" / index
      let before = widths[max(index - 1, 0)]
      let stride = index == 0 ? 1 : 2
      let transition =
        index == 0
        ? nil
        : try ProjectionTransition.Definition().make(
          path / "transition", in: store, from: before, to: widths[index], stride: stride,
          style: style)
      let fields = try (0..<steps).map { step in
        try BasicField(
          path / "steps" / step / "field", in: store,
          shape: step == 0
            ? FieldShape(inputs: before, outputs: widths[index], stride: stride)
            : FieldShape(inputs: widths[index]),
          style: style)
      }
      return try Stage(
        path, scheme: options.resolvedScheme(),
        grid: TimeGrid(steps: steps, size: options.resolvedStepSize()),
        activation: options.postActivation ?? .relu, transition: transition, fields: fields)
    }
    let head = try PoolingHead(
      root / "head", in: store, from: widths.last ?? 0, to: task.classes)
    return try ResidualNetwork(
      parameters: store, inputShape: task.inputShape, stem: stem, stages: stages, head: head)
  }
}
