import TimeStepping
import TimestepLayers
import TimestepTorch

/// Networks of one architecture and different depths.
public protocol NetworkFamily: CatalogEntry {
  /// The depths in a formula, e.g. `6n + 2`.
  var depthRule: String { get }
  /// Depths that the source uses; the first is the default.
  var depths: [Int] { get }
  /// The shape of the examples its source uses.
  var defaultTask: NetworkTask { get }
  /// The data set that stands for its source's where none is chosen.
  var defaultDataset: String { get }
  /// The options that a suffix of the family's name stands for, `20` in `resnet-20`; nil if none.
  func options(suffix: String) -> NetworkOptions?
  /// The name of a network with the given options, which are complete.
  func networkName(_ options: NetworkOptions) -> String
  /// The choices that the family makes where the options leave them open.
  func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions
  /// The network with fresh weights.
  func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
}

extension NetworkFamily {
  public var defaultDataset: String {
    switch defaultTask.inputKind {
    case .points: "two-moons"
    case .images: "fashion-mnist"
    case .texts: "ag-news"
    }
  }

  public func options(suffix: String) -> NetworkOptions? {
    guard suffix.allSatisfy(\.isNumber), let depth = Int(suffix) else { return nil }
    var options = NetworkOptions()
    options.depth = depth
    return options
  }

  public func networkName(_ options: NetworkOptions) -> String {
    "\(name)-\(options.depth ?? depths[0])"
  }

  /// The choices that the family makes for the task of its source.
  public func resolved(_ options: NetworkOptions) throws -> NetworkOptions {
    try resolved(options, for: defaultTask)
  }
}

/// All networks by name, e.g. `resnet-20`; a new family is one file and one line here.
public enum NetworkCatalog {
  /// The families in the order of the documentation.
  public static let families: [any NetworkFamily] = [
    RobustResNet(),
    PreActivationResNet.preActivation,
    PreActivationResNet.linearMultistep,
    ResNeXt.forwardEuler,
    ResNeXt.linearMultistep,
    ImageNetResNet.postActivation,
    ImageNetResNet.linearMultistep,
    PolyNetwork(),
    FractalNet(),
    RevNet(),
    ProcrustesResNet.normPreserving,
    ProcrustesResNet.original,
    ProcrustesResNet.plain,
    ConvolutionReLUNetwork(),
    VDCNN(),
    DynamicsNetwork.hamiltonian,
    DynamicsNetwork.hamiltonian2,
    DynamicsNetwork.midpoint,
    DynamicsNetwork.leapfrog,
    DynamicsNetwork.parabolic,
    DynamicsNetwork.antisymmetric,
    TwoMoonNetwork(),
  ]

  /// Names that are shown to a user who has mistyped one.
  public static var names: [String] {
    families.flatMap { family in
      family.depths.map { depth in
        var options = NetworkOptions()
        options.depth = depth
        return family.networkName(options)
      }
    }
  }

  /// The family that a name such as `resnet-20` belongs to, and the options that it implies; a name without a depth
  /// leaves it open.
  public static func parse(_ name: String) throws -> (
    family: any NetworkFamily, options: NetworkOptions
  ) {
    if let family = families.first(where: { $0.name == name }) { return (family, .init()) }
    for family in families where name.hasPrefix(family.name + "-") {
      if let options = family.options(suffix: String(name.dropFirst(family.name.count + 1))) {
        return (family, options)
      }
    }
    throw UnknownNameError(kind: "network", name: name, known: names)
  }

  /// Makes a network by name with fresh weights.
  ///
  /// - Parameters:
  ///   - options: choices that differ from the family's; a depth here must agree with the name's.
  ///   - stateType: ``ResidualNetwork/stateType``.
  public static func make(
    _ name: String, _ options: NetworkOptions = .init(), task: NetworkTask? = nil,
    seed: UInt64 = 0, dataType: DataType = .float32,
    stateType: DataType? = nil, device: Device = .cpu
  ) throws -> ResidualNetwork {
    let (family, options) = try resolve(name, options, for: task)
    let store = try options.makeStore(seed: seed, dataType: dataType, device: device)
    let network = try family.make(options, task: task ?? family.defaultTask, in: store)
    try network.keepStates(as: stateType)
    return network
  }

  /// The family of a name, and the options with every choice made.
  ///
  /// - Parameter task: the problem, by default that of the family's source.
  public static func resolve(
    _ name: String, _ options: NetworkOptions, for task: NetworkTask? = nil
  ) throws -> (family: any NetworkFamily, options: NetworkOptions) {
    let (family, implied) = try parse(name)
    var options = options
    if let depth = implied.depth, let other = options.depth, depth != other {
      throw OptionError("depth", other, "the network's name '\(name)' says \(depth)")
    }
    options.depth = options.depth ?? implied.depth
    options.field = options.field ?? implied.field
    return (family, try family.resolved(options, for: task ?? family.defaultTask))
  }
}
