import TimeStepping
import TimestepLayers
import TimestepTorch

/// `dense-D`: a residual network for points in the plane whose state can be drawn, D steps of two affine maps.
///
/// ```
/// u+ = u + h (W2 relu(W1 u + b1) + b2)
/// ```
///
/// The state has the input's dimension; a linear map reads the classes. Source: Robust ResNet (2019), two-moon
/// experiment; its code is not published, so depth 30, hidden width 16 and no batch normalisation are our choice.
public struct TwoMoonNetwork: NetworkFamily {
  public let name = "dense"
  public let title = "residual network for points in the plane, state of the input's dimension"
  public let equation = "u+ = u + h (W2 relu(W1 u + b1) + b2)"
  public let source = "Robust ResNet (2019), two-moon experiment"
  public let depthRule = "n"
  public let depths = [30, 10, 100]
  public let defaultTask = NetworkTask(inputShape: [2], classes: 2)

  /// Creates the family.
  public init() {}

  public func resolved(_ options: NetworkOptions) throws -> NetworkOptions {
    var options = options
    let depth = options.depth ?? depths[0]
    guard (1...100_000).contains(depth) else {
      throw OptionError("depth", depth, "the number of steps must be between 1 and 100000")
    }
    options.depth = depth
    options.widths = try options.resolvedWidths(
      default: [16], meaning: "width between the two affine maps")
    options.h = try options.resolvedStepSize()
    options.scheme = try options.resolvedScheme().name
    options.batchNorm = options.batchNorm ?? false
    guard options.bias != false else {
      throw OptionError("bias", false, "the affine maps of \(name) networks always have a bias")
    }
    options.bias = true
    options.postActivation = options.postActivation ?? .identity
    return options
  }

  public func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
  {
    guard task.inputShape.count == 1 else {
      throw OptionError("dataset", task.inputShape, "\(name) networks are for points, not images")
    }
    let options = try resolved(options)
    let size = task.inputShape[0]
    let steps = options.depth ?? depths[0]
    let path = ParameterPath.root / "stages" / 0
    let fields = try (0..<steps).map { step in
      try DenseField(
        path / "steps" / step / "field", in: store,
        shape: FieldShape(inputs: size, hidden: options.widths?.first),
        style: FieldStyle(batchNorm: options.batchNorm ?? false, bias: true))
    }
    let stage = try Stage(
      path, scheme: options.resolvedScheme(),
      grid: TimeGrid(steps: steps, size: options.resolvedStepSize()),
      activation: options.postActivation ?? .identity, transition: nil, fields: fields)
    return try ResidualNetwork(
      parameters: store, inputShape: task.inputShape, stem: Identity(), stages: [stage],
      head: LinearHead(ParameterPath.root / "head", in: store, from: size, to: task.classes))
  }
}
