import TimeStepping
import TimestepLayers
import TimestepTorch

/// The choices that make one network out of a family. A choice that is nil is left to the family.
public struct NetworkOptions: Sendable, Hashable, Codable {
  /// Layers with weights on the longest path.
  public var depth: Int?
  /// Channels of each stage.
  public var widths: [Int]?
  /// The step size h of every step.
  public var h: Double?
  /// The name of the scheme.
  public var scheme: String?
  /// Whether batch normalisation is used.
  public var batchNorm: Bool?
  /// Whether the field's convolutions have a bias; by default where there is no batch normalisation.
  public var bias: Bool?
  /// What is applied to the state after each step.
  public var postActivation: Activation?
  /// The distribution of the initial weights by name.
  public var initialization: String?

  /// Leaves every choice to the family.
  public init() {}
}

/// The problem a network is made for.
public struct NetworkTask: Sendable, Hashable {
  /// The shape of one example: `[C, H, W]`, or `[d]` for points.
  public var inputShape: [Int]
  /// The number of classes.
  public var classes: Int

  /// Creates a task; the default is CIFAR-10's.
  public init(inputShape: [Int] = [3, 32, 32], classes: Int = 10) {
    self.inputShape = inputShape
    self.classes = classes
  }
}

/// What two values of ``NetworkOptions`` share: looking things up with an error that helps.
extension NetworkOptions {
  /// The scheme by name, forward Euler by default.
  func resolvedScheme() throws -> any Scheme {
    try scheme.map { try SchemeCatalog.scheme(named: $0) } ?? ForwardEuler()
  }

  /// The step size, 1 by default; refused unless it is a number that can be stepped with.
  func resolvedStepSize() throws -> Double {
    let h = h ?? 1
    guard h.isFinite, h >= 0 else {
      throw OptionError("h", h, "the step size must be a finite number, 0 or more")
    }
    return h
  }

  /// The widths, or the family's; refused unless there are as many as the family has.
  func resolvedWidths(default standard: [Int], meaning: String) throws -> [Int] {
    let widths = widths ?? standard
    guard widths.count == standard.count, widths.allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw OptionError(
        "widths", widths.map(String.init).joined(separator: ","),
        "expected \(standard.count) positive numbers (\(meaning)), "
          + "e.g. \(standard.map(String.init).joined(separator: ","))")
    }
    return widths
  }

  /// An empty store with the initialiser by name, PyTorch's default otherwise.
  func makeStore(seed: UInt64, dataType: DataType, device: Device) throws -> ParameterStore {
    ParameterStore(
      seed: seed, dataType: dataType, device: device, initializer: try resolvedInitializer())
  }

  /// The initialiser by name, PyTorch's default otherwise.
  func resolvedInitializer() throws -> any Initializer {
    guard let name = initialization else { return PyTorchDefault() }
    guard let initializer = InitializerCatalog.all.first(where: { $0.name == name }) else {
      throw UnknownNameError(
        kind: "initialization", name: name, known: InitializerCatalog.all.map(\.name))
    }
    return initializer
  }
}
