import TimeStepping
import TimestepLayers
import TimestepTorch

/// The choices that make one network out of a family. A choice that is nil is left to the family.
///
/// Choices by name may have arguments, as in `linear-multistep:k=trained`; see ``TimeStepping/NamedChoice``.
public struct NetworkOptions: Sendable, Hashable, Codable {
  /// Layers with weights on the longest path.
  public var depth: Int?
  /// Channels of each stage.
  public var widths: [Int]?
  /// The step size h of every step.
  public var h: Double?
  /// The scheme: how evaluations become a step.
  public var scheme: String?
  /// The vector field: what is computed in one evaluation.
  public var field: String?
  /// How its weights depend on time.
  public var weights: String?
  /// What steps do at random in training.
  public var noise: String?
  /// What joins stages of different shape.
  public var transition: String?
  /// How gradients come back.
  public var adjoint: String?
  /// How layers are normalised.
  public var normalization: Normalization?
  /// Whether there is batch normalisation: `normalization` batch or none in one word.
  public var batchNorm: Bool?
  /// The function between the linear maps of a field.
  public var activation: Activation?
  /// Whether the field's convolutions have a bias; by default where there is no normalisation.
  public var bias: Bool?
  /// What is applied to the state after each step.
  public var postActivation: Activation?
  /// The distribution of the initial weights by name.
  public var initialization: String?

  /// Leaves every choice to the family.
  public init() {}
}

/// What a family chooses where the options leave it open.
public struct NetworkDefaults: Sendable {
  /// Channels of each stage, and what they are called in an error.
  public var widths: [Int] = [16, 32, 64]
  public var widthMeaning = "channels of the three stages"
  public var h = 1.0
  public var scheme = "euler"
  public var field = "basic"
  public var weights = "per-step"
  public var noise = "none"
  public var transition = "projection"
  public var adjoint = "stored"
  public var normalization = Normalization.batch
  public var activation = Activation.relu
  /// Nil: ReLU for fields that do not begin with an activation themselves, as far as the scheme allows one.
  public var postActivation: Activation?
  /// Nil: a bias where there is no normalisation.
  public var bias: Bool?
  public var initialization = "pytorch"

  /// Creates the choices of a post-activation residual network for small images.
  public init() {}
}

extension NetworkOptions {
  /// These options with every open choice made; throws for a choice that does not exist or makes no sense.
  public func completed(_ defaults: NetworkDefaults) throws -> NetworkOptions {
    var options = self
    options.widths = try resolvedWidths(default: defaults.widths, meaning: defaults.widthMeaning)
    options.h = try resolvedStepSize(defaults.h)
    options.scheme = scheme ?? defaults.scheme
    options.field = field ?? defaults.field
    options.weights = weights ?? defaults.weights
    options.noise = noise ?? defaults.noise
    options.transition = transition ?? defaults.transition
    options.adjoint = adjoint ?? defaults.adjoint
    options.activation = activation ?? defaults.activation
    options.normalization = try resolvedNormalization(defaults.normalization)
    options.batchNorm = options.normalization == .batch
    options.bias = bias ?? defaults.bias ?? (options.normalization == Normalization.none)
    options.initialization = try resolvedInitializer(defaults.initialization).name
    let choices = try NetworkChoices(options)
    if choices.scheme.projects, postActivation == .identity {
      throw OptionError(
        "post-activation", Activation.identity.rawValue,
        "the scheme \(choices.scheme.name) is the one with an activation after each step; use euler"
      )
    }
    options.postActivation =
      postActivation
      // A scheme that ends with an activation is nothing without one.
      ?? (choices.scheme.projects ? .relu : nil) ?? defaults.postActivation
      ?? (choices.field.isPreActivated || choices.scheme.halvesState ? .identity : .relu)
    return options
  }

  private func resolvedNormalization(_ standard: Normalization) throws -> Normalization {
    guard let batchNorm else { return normalization ?? standard }
    guard let normalization else {
      return batchNorm ? .batch : (standard == .batch ? .none : standard)
    }
    guard (normalization == .batch) == batchNorm else {
      throw OptionError(
        "normalization", normalization.rawValue, "batch-norm says \(batchNorm ? "yes" : "no")")
    }
    return normalization
  }

  /// The step size; refused unless it is a number that can be stepped with.
  private func resolvedStepSize(_ standard: Double) throws -> Double {
    let h = h ?? standard
    guard (0...1e12).contains(h) else {
      throw OptionError("h", h, "the step size must be a finite number from 0 to 1e12")
    }
    return h
  }

  /// The widths, or the family's; refused unless there are as many as the family has.
  private func resolvedWidths(default standard: [Int], meaning: String) throws -> [Int] {
    let widths = widths ?? standard
    guard widths.count == standard.count, widths.allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw OptionError(
        "widths", widths.map(String.init).joined(separator: ","),
        standard.isEmpty
          ? meaning
          : "expected \(standard.count) positive number\(standard.count == 1 ? "" : "s") (\(meaning)), "
            + "e.g. \(standard.map(String.init).joined(separator: ","))")
    }
    return widths
  }

  /// An empty store with the initialiser by name, PyTorch's default otherwise.
  public func makeStore(seed: UInt64, dataType: DataType, device: Device) throws -> ParameterStore {
    ParameterStore(
      seed: seed, dataType: dataType, device: device,
      initializer: try resolvedInitializer(PyTorchDefault().name))
  }

  /// The initialiser by name.
  private func resolvedInitializer(_ standard: String) throws -> any Initializer {
    let name = initialization ?? standard
    guard let initializer = InitializerCatalog.all.first(where: { $0.name == name }) else {
      throw UnknownNameError(
        kind: "initialization", name: name, known: InitializerCatalog.all.map(\.name))
    }
    return initializer
  }
}

/// The choices of completed options, looked up in their catalogs.
public struct NetworkChoices {
  /// How evaluations become a step.
  public let scheme: any Scheme
  /// What is computed in one evaluation.
  public let field: any FieldDefinition
  /// How weights depend on time.
  public let weights: any WeightsInTime
  /// What steps do at random.
  public let noise: any Noise
  /// What joins stages.
  public let transition: any TransitionDefinition
  /// How gradients come back.
  public let adjoint: any Adjoint
  /// What the layers of a field have in common.
  public let style: FieldStyle

  /// Looks the choices up; throws `UnknownNameError` or `ArgumentError`.
  public init(_ options: NetworkOptions) throws {
    scheme = try SchemeCatalog.scheme(named: options.scheme ?? "euler")
    field = try FieldCatalog.definition(named: options.field ?? "basic")
    weights = try WeightsCatalog.weights(named: options.weights ?? "per-step")
    noise = try NoiseCatalog.noise(named: options.noise ?? "none")
    transition = try TransitionCatalog.definition(named: options.transition ?? "projection")
    adjoint = try AdjointCatalog.adjoint(named: options.adjoint ?? "stored")
    style = FieldStyle(
      normalization: options.normalization ?? .batch, activation: options.activation ?? .relu,
      bias: options.bias ?? false)
  }
}
