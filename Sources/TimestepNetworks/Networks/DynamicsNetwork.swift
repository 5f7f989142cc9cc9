import TimestepLayers

/// Networks that are one stable dynamical system in each stage, for images and for points: `hamiltonian-D`,
/// `hamiltonian-2-D`, `midpoint-D`, `leapfrog-D`, `parabolic-D` and `antisymmetric-D`.
///
/// ```
/// hamiltonian     Z+ = Z - h s(K^T Y + b), Y+ = Y + h s(K Z+ + b)
/// hamiltonian-2   Y+ = Y + h K1^T s(K1 Z + b1), Z+ = Z - h K2^T s(K2 Y+ + b2)
/// midpoint        u_{l+1} = u_{l-1} + 2h s((K - K^T - g I) u_l + b)
/// leapfrog        u_{l+1} = 2u_l - u_{l-1} - h^2 K^T s(K u_l + b)
/// parabolic       u+ = u - h K^T s(K u + b)
/// antisymmetric   u' = s((K - K^T - g I) u + b), by RK4
/// ```
///
/// For images, D = 3n: a 3x3 convolution with norm and ReLU, three stages of n steps joined by connectors (1x1
/// convolution, norm, ReLU, average pooling), a global mean and a linear map. Norms are batch norms, with which they train
/// by the same recipe as the others; `--normalization tv` is Meganet's, which wants a learning rate near 0.02 and more
/// epochs. For a class at each pixel, D = n: one stage of n steps with 8 channels. For points, D = n: an opening layer to 8 numbers, n steps with tanh, and a linear map.
///
/// Source: lecture "Residual Neural Networks"; Meganet.m (spec 6.3, 6.4); Chang et al. (2018). The widths are ours.
public struct DynamicsNetwork: PlannedFamily {
  public let name: String
  public let title: String
  public let equation: String
  public let source = "lecture \"Residual Neural Networks\"; Meganet.m; Chang et al. (2018)"
  public let depthRule = "3n for images, n for points and for a class at each pixel"
  public let depths = [9, 3, 18, 30]
  public let defaultTask = NetworkTask()
  public let inputs: Set<InputKind> = [.images, .points]
  private let scheme: String
  private let field: String

  public static let hamiltonian = DynamicsNetwork(
    "hamiltonian", "Hamiltonian system with one layer",
    "Z+ = Z - h s(K^T Y + b), Y+ = Y + h s(K Z+ + b)", scheme: "hamiltonian", field: "hamiltonian")
  public static let hamiltonian2 = DynamicsNetwork(
    "hamiltonian-2", "Hamiltonian system with two layers",
    "Y+ = Y + h K1^T s(K1 Z + b1), Z+ = Z - h K2^T s(K2 Y+ + b2)", scheme: "hamiltonian-2",
    field: "hamiltonian-2")
  public static let midpoint = DynamicsNetwork(
    "midpoint", "antisymmetric field by the midpoint scheme",
    "u_{l+1} = u_{l-1} + 2h s((K - K^T - g I) u_l + b)", scheme: "midpoint",
    field: "antisymmetric")
  public static let leapfrog = DynamicsNetwork(
    "leapfrog", "second-order system by the leapfrog scheme",
    "u_{l+1} = 2u_l - u_{l-1} - h^2 K^T s(K u_l + b)", scheme: "leapfrog", field: "parabolic")
  public static let parabolic = DynamicsNetwork(
    "parabolic", "parabolic system by forward Euler", "u+ = u - h K^T s(K u + b)",
    scheme: "euler", field: "parabolic")
  public static let antisymmetric = DynamicsNetwork(
    "antisymmetric", "antisymmetric field by RK4", "u' = s((K - K^T - g I) u + b)", scheme: "rk4",
    field: "antisymmetric")

  private init(
    _ name: String, _ title: String, _ equation: String, scheme: String, field: String
  ) {
    self.name = name
    self.title = "\(title), for images and points"
    self.equation = equation
    self.scheme = scheme
    self.field = field
  }

  private func isImage(_ task: NetworkTask) -> Bool { task.inputKind == .images }

  /// Whether there are three stages, not one.
  private func isStaged(_ task: NetworkTask) -> Bool { isImage(task) && !task.isPerPixel }

  public func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults {
    var defaults = NetworkDefaults()
    defaults.scheme = scheme
    defaults.postActivation = .identity
    defaults.bias = true
    if isImage(task) {
      defaults.field = "\(field)-conv"
      defaults.widths = task.isPerPixel ? [8] : [32, 64, 112]
      if task.isPerPixel { defaults.widthMeaning = "channels of the stage" }
      defaults.transition = "connector"
      defaults.h = 0.5
    } else {
      defaults.field = field
      defaults.widths = [8]
      defaults.widthMeaning = "numbers in the state"
      defaults.normalization = .none
      defaults.activation = .tanh
      defaults.h = 0.25
    }
    return defaults
  }

  public func depths(layers: Int) -> DepthRule { DepthRule(1, 0) }

  public func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    try check(task)
    var options = options
    options.depth = options.depth ?? depths[0]
    options = try options.completed(defaults(options, for: task))
    _ = try steps(options, task)
    return options
  }

  private func steps(_ options: NetworkOptions, _ task: NetworkTask) throws -> Int {
    try DepthRule(isStaged(task) ? 3 : 1, 0).count(options.depth ?? depths[0])
  }

  public func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
  {
    let steps = try steps(options, task)
    let parts = try SmallImageParts(options, task: task, steps: steps, store: store)
    if isImage(task) {
      return try NetworkPlan(
        stem: parts.stem(to: parts.widths[0]), stages: parts.stages, head: parts.head())
    }
    let root = ParameterPath.root
    let width = parts.widths[0]
    return NetworkPlan(
      .points,
      stem: try LinearStem(
        root / "stem", in: store, from: task.inputShape[0], to: width,
        activation: parts.choices.style.activation),
      stages: parts.stages,
      head: try LinearHead(root / "head", in: store, from: width, to: task.outputs))
  }
}
