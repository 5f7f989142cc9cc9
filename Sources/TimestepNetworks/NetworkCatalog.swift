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
  /// The choices that the family makes where the options leave them open.
  func resolved(_ options: NetworkOptions) throws -> NetworkOptions
  /// The network with fresh weights.
  func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
}

/// All networks by name, e.g. `resnet-20`; a new family is one file and one line here.
public enum NetworkCatalog {
  /// The families in the order of the documentation.
  public static let families: [any NetworkFamily] = [
    RobustResNet(),
    TwoMoonNetwork(),
  ]

  /// Names that are shown to a user who has mistyped one.
  public static var names: [String] {
    families.flatMap { family in family.depths.map { "\(family.name)-\($0)" } }
  }

  /// The family and the depth that a name such as `resnet-20` stands for; a name without a depth leaves it open.
  public static func parse(_ name: String) throws -> (family: any NetworkFamily, depth: Int?) {
    if let family = families.first(where: { $0.name == name }) { return (family, nil) }
    if let dash = name.lastIndex(of: "-"), let depth = Int(name[name.index(after: dash)...]),
      let family = families.first(where: { $0.name == name[..<dash] })
    {
      return (family, depth)
    }
    throw UnknownNameError(kind: "network", name: name, known: names)
  }

  /// Makes a network by name with fresh weights.
  ///
  /// - Parameter options: choices that differ from the family's; a depth here must agree with the name's.
  public static func make(
    _ name: String, _ options: NetworkOptions = .init(), task: NetworkTask? = nil,
    seed: UInt64 = 0, dataType: DataType = .float32, device: Device = .cpu
  ) throws -> ResidualNetwork {
    let (family, options) = try resolve(name, options)
    let store = try options.makeStore(seed: seed, dataType: dataType, device: device)
    return try family.make(options, task: task ?? family.defaultTask, in: store)
  }

  /// The family of a name, and the options with every choice made.
  public static func resolve(_ name: String, _ options: NetworkOptions) throws -> (
    family: any NetworkFamily, options: NetworkOptions
  ) {
    let (family, depth) = try parse(name)
    var options = options
    if let depth, let other = options.depth, depth != other {
      throw OptionError("depth", other, "the network's name '\(name)' says \(depth)")
    }
    options.depth = options.depth ?? depth
    options.initialization = try options.resolvedInitializer().name
    return (family, try family.resolved(options))
  }
}
