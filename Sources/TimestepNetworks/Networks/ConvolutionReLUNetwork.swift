import TimeStepping
import TimestepLayers
import TimestepTorch

/// `conv-relu-D`: convolutions with ReLU and nothing else, the smallest network in which a norm-preserving projection
/// can be looked at.
///
/// ```
/// u_0 = relu(K_0 x),  u_{l+1} = h relu(K_l u_l),  v = relu(K_D u)
/// ```
///
/// K_0 is 1x1 to c channels, the n = D - 3 next ones are 3x3 to d channels, the last one is 1x1 to e channels; then come
/// global pooling and a linear map. All kernels are kept norm-preserving, with the larger target of layers that ReLU
/// follows; `--transition norm-preserving:project=no` leaves them alone. Source: Zaeemzadeh et al. (2020), figure 2; the
/// width e and the head are our choice.
public struct ConvolutionReLUNetwork: PlannedFamily {
  public let name = "conv-relu"
  public let title = "convolutions with ReLU, projected to keep norms"
  public let equation = "u+ = relu(K u), K^T K = (2 D / C) I"
  public let source = "Procrustes ResNet (2020), figure 2"
  public let depthRule = "n + 3"
  public let depths = [4]
  public let hasPixelOutput = false
  public let defaultTask = NetworkTask()

  /// Creates the family.
  public init() {}

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.widths = [64, 64, 64]
    defaults.widthMeaning = "channels after the first, the middle and the last convolutions"
    defaults.scheme = PlainNetwork().name
    defaults.field = ConvolutionDefinition().name
    defaults.transition = "norm-preserving:relu=yes"
    defaults.normalization = .none
    defaults.bias = false
    defaults.postActivation = .identity
    defaults.initialization = "he-normal"
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(1, 3) }

  /// Refuses what these networks have no choice of.
  public func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    try check(task)
    let standard = defaults(options, for: task)
    let choices: [(String, String?, String)] = [
      ("scheme", options.scheme, standard.scheme), ("field", options.field, standard.field),
      ("weights", options.weights, standard.weights), ("noise", options.noise, standard.noise),
      ("adjoint", options.adjoint, standard.adjoint),
      ("normalization", options.normalization?.rawValue, standard.normalization.rawValue),
      ("post-activation", options.postActivation?.rawValue, Activation.identity.rawValue),
      ("bias", options.bias.map { "\($0)" }, "false"),
      ("batch-norm", options.batchNorm.map { "\($0)" }, "false"),
    ]
    for (option, given, only) in choices where given.map({ $0 != only }) ?? false {
      throw OptionError(option, given ?? "", "\(name) networks have \(only) only")
    }
    var options = options
    options.depth = options.depth ?? depths[0]
    options = try options.completed(standard)
    _ = try count(options)
    _ = try Self.settings(options)
    return options
  }

  /// How the kernels are projected, as the choice of a transition says.
  private static func settings(_ options: NetworkOptions) throws -> ProjectionSettings {
    let definition = try NetworkChoices(options).transition
    guard let projected = definition as? NormPreservingTransition.Definition else {
      throw OptionError(
        "transition", definition.name, "it says how kernels are projected here: norm-preserving")
    }
    return projected.settings
  }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let settings = try Self.settings(options)
    let (root, size) = (ParameterPath.root, Array(task.inputShape[1...]))
    let activation = options.activation ?? .relu
    let widths = options.widths ?? []
    func layer(_ path: ParameterPath, _ inputs: Int, _ outputs: Int, kernel: Int) throws
      -> ProjectedConvolution
    {
      try ProjectedConvolution(
        path, in: store, from: inputs, to: outputs, kernel: kernel, size: size,
        activation: activation, settings: settings)
    }
    func stage(steps: Int, from inputs: Int, to outputs: Int, kernel: Int) -> NetworkPlan.StagePlan
    {
      var plan = NetworkPlan.StagePlan(
        steps: steps, inputs: inputs, channels: outputs, hasTransition: true)
      plan.whole = { path in
        let fields = try (0..<steps).map {
          try layer(
            path / "steps" / $0 / "field", $0 == 0 ? inputs : outputs, outputs, kernel: kernel)
        }
        return try Stage(
          path, scheme: PlainNetwork(), grid: TimeGrid(steps: steps, size: options.h ?? 1),
          activation: .identity,
          transition: Transition(
            Identity(), .absent, constraints: fields.flatMap(\.constraints)), fields: fields)
      }
      return plan
    }
    return NetworkPlan(
      stem: try layer(root / "stem", task.inputShape[0], widths[0], kernel: 1),
      stages: [
        stage(steps: try count(options), from: widths[0], to: widths[1], kernel: 3),
        stage(steps: 1, from: widths[1], to: widths[2], kernel: 1),
      ],
      head: try PoolingHead(root / "head", in: store, from: widths[2], to: task.outputs))
  }
}

/// A convolution and an activation, `act(K x)`, whose kernel is kept norm-preserving by choice,
/// `[N, C, H, W] -> [N, D, H, W]`.
public final class ProjectedConvolution: ConstrainedLayer, ResidualField {
  /// What keeps the kernel where it should be; empty where projection is off.
  public let constraints: [any ParameterConstraint]
  private let path: ParameterPath
  private let convolution: Convolution2D
  private let activation: Activation

  /// Creates the layer with a weight at `conv` below the path.
  ///
  /// - Parameter size: height and width of the images.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    kernel: Int, size: [Int], activation: Activation = .relu, settings: ProjectionSettings
  ) throws {
    self.path = path
    self.activation = activation
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: kernel, bias: false)
    let constraint = try settings.makeConstraint(on: convolution, size: size, in: store)
    constraints = constraint.map { [$0] } ?? []
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try activation.overwriting(convolution(input, pass))
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let shape = try convolution.trace(shape, &table)
    table.add(
      path / activation.rawValue, activation.rawValue, outputShape: shape,
      keptElements: activation.keptElements(shape))
    return shape
  }
}
