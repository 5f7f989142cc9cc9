import TimestepTorch

/// All parameters and buffers of one network, in the order of its layers, and how fresh ones are made.
///
/// Every parameter draws its initial values from a generator of its own, seeded by the store's seed and the
/// parameter's name: two networks that share a layer's name share its initial weights, and adding a layer does
/// not change the others. Values are drawn in float64 and then rounded, so they agree between precisions.
public final class ParameterStore {
  /// The type of all floating-point parameters.
  public let dataType: DataType
  /// Where they are.
  public let device: Device
  /// How weights of convolutions and linear maps begin.
  public let initializer: any Initializer
  /// What the initial values depend on.
  public let seed: UInt64
  /// Parameters and buffers in the order of creation.
  public private(set) var all: [Parameter] = []
  private var byPath: [String: Parameter] = [:]
  /// Where a store of derived values takes them from; nil for an ordinary store.
  private let derivation: Derivation?

  /// Creates an empty store.
  public init(
    seed: UInt64 = 0, dataType: DataType = .float32, device: Device = .cpu,
    initializer: any Initializer = PyTorchDefault()
  ) {
    self.seed = seed
    self.dataType = dataType
    self.device = device
    self.initializer = initializer
    derivation = nil
  }

  /// What a store of derived values combines.
  private struct Derivation {
    let source: ParameterStore
    let place: ParameterPath
    let terms: [(scale: Double, place: ParameterPath)]
  }

  /// A store whose learned values below `place` are combinations of another store's: weights between two times at
  /// which a network has its own, `theta(t) = sum_i a_i theta_i`.
  ///
  /// Layers are made with it as with any other. Buffers, such as running means, are the other store's, at the
  /// layer's own path. ``refresh()`` brings the combinations up to date.
  public init(
    combining terms: [(scale: Double, place: ParameterPath)], of source: ParameterStore,
    at place: ParameterPath
  ) {
    dataType = source.dataType
    device = source.device
    initializer = source.initializer
    seed = source.seed
    derivation = Derivation(source: source, place: place, terms: terms)
  }

  /// Computes all derived values anew, recorded for differentiation.
  public func refresh() throws {
    for parameter in all { parameter.derive(try derivedValue(parameter.path)) }
  }

  private func derivedValue(_ path: String) throws -> Tensor {
    guard let derivation else { throw ParameterError(path: path, problem: "is not derived") }
    let name = path.dropFirst(derivation.place.description.count)
    let values = try derivation.terms.map { term in
      guard let parameter = derivation.source["\(term.place)\(name)"] else {
        throw ParameterError(path: path, problem: "has no counterpart at \(term.place)")
      }
      return (term.scale, parameter.value)
    }
    guard let first = values.first else {
      throw ParameterError(path: path, problem: "is a combination of nothing")
    }
    return try values.dropFirst().reduce(first.1 * first.0) { sum, term in
      try sum.adding(term.1, scaledBy: term.0)
    }
  }

  private func addDerived(_ path: ParameterPath) throws -> Parameter {
    let parameter = Parameter(
      derived: path.description, value: try derivedValue(path.description))
    all.append(parameter)
    byPath[parameter.path] = parameter
    return parameter
  }

  /// The parameters that are learned.
  public var trainable: [Parameter] { all.filter(\.isTrainable) }

  /// The number of learned numbers.
  public var trainableCount: Int { trainable.reduce(0) { $0 + $1.value.count } }

  /// The parameter or buffer of the given name.
  public subscript(path: String) -> Parameter? { byPath[path] }

  /// A new learned parameter; `initializer` nil means the store's own.
  public func parameter(
    _ path: ParameterPath, shape: [Int], fans: Fans, initializer: (any Initializer)? = nil,
    isDecayed: Bool = true
  ) throws -> Parameter {
    if derivation != nil { return try addDerived(path) }
    let value = try Tensor.empty(shape, .float64)
    let generator = try Generator(seed: Self.seed(seed, path.description))
    try (initializer ?? self.initializer).fill(value, fans: fans, generator: generator)
    return try add(path, value, isTrainable: true, isDecayed: isDecayed)
  }

  /// A new parameter or buffer whose elements all have one value.
  public func constant(
    _ path: ParameterPath, shape: [Int], value: Double, isTrainable: Bool
  ) throws -> Parameter {
    if let derivation {
      if isTrainable { return try addDerived(path) }
      return try derivation.source.constant(
        path, shape: shape, value: value, isTrainable: false)
    }
    return try add(path, try Tensor.full(shape, value, .float64), isTrainable: isTrainable)
  }

  private func add(
    _ path: ParameterPath, _ value: Tensor, isTrainable: Bool, isDecayed: Bool = true
  ) throws -> Parameter {
    let name = path.description
    guard byPath[name] == nil else {
      throw ParameterError(path: name, problem: "exists twice in the network")
    }
    let parameter = try Parameter(
      path: name, value: value.cast(to: dataType).moved(to: device), isTrainable: isTrainable,
      isDecayed: isDecayed)
    all.append(parameter)
    byPath[name] = parameter
    return parameter
  }

  /// FNV-1a over the name, mixed with the seed by the finaliser of SplitMix64.
  private static func seed(_ seed: UInt64, _ name: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    var mixed = hash &+ seed &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
