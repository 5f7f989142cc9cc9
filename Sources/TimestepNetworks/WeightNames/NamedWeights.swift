import Foundation
import TimeStepping
import TimestepLayers
import TimestepTorch

/// The weights of a network under the names of a convention, for files to and from other programs.
///
/// ```swift
/// let weights = try NamedWeights(network.parameters, of: description, as: TorchvisionNames())
/// try weights.safetensors(steps: 0).write(to: url)
/// ```
public struct NamedWeights {
  /// The convention.
  public let naming: any WeightNaming
  /// Each parameter and buffer with its name in a file.
  public let pairs: [(parameter: Parameter, name: String)]

  /// Names all weights; throws ``NoCounterpart`` where the convention has none for the network.
  public init(
    _ parameters: ParameterStore, of network: NamedNetwork, as naming: any WeightNaming
  ) throws {
    self.naming = naming
    if let obstacle = naming.obstacle(to: network) {
      throw NoCounterpart(naming: naming.name, reason: obstacle)
    }
    var seen: Set<String> = []
    pairs = try parameters.all.map { parameter in
      let path = WeightPath(parameter.path)
      guard let name = naming.name(of: path, in: network), seen.insert(name).inserted else {
        throw NoCounterpart(naming: naming.name, reason: "'\(parameter.path)' has no name there")
      }
      return (parameter, name)
    }
  }

  /// Every weight under its name, ready to be written.
  ///
  /// - Parameter steps: the training steps made, which PyTorch's batch norms count and do not use.
  public func safetensors(steps: Int, metadata: [String: String] = [:]) throws -> Safetensors {
    var tensors: [(name: String, tensor: Tensor)] = []
    for (parameter, name) in pairs {
      switch naming.conversion(of: WeightPath(parameter.path)) {
      case .none: tensors.append((name, parameter.value))
      case .oneMinus:
        let value = try parameter.value.detached() * -1 + 1
        tensors.append((name, value.shape.isEmpty ? try value.reshaped([1]) : value))
      }
      let last = ".running_var"
      if naming.countsBatches, name.hasSuffix(last) {
        let count = "\(name.dropLast(last.count)).\(PyTorchModule.batchCount)"
        tensors.append((count, try Tensor([Int64(steps)], shape: [])))
      }
    }
    return Safetensors(tensors, metadata: metadata)
  }

  /// Overwrites the network's weights with those of a file, one at a time.
  ///
  /// - Parameter strict: whether every weight must be in the file and nothing else, as in PyTorch's `load_state_dict`.
  ///   Weights that a file lacks keep their values otherwise. A shape or type that does not fit is always refused, and
  ///   nothing is changed then.
  /// - Returns: what was missing and unexpected.
  @discardableResult
  public func load(_ file: SafetensorsFile, strict: Bool = true) throws -> LoadedWeights {
    let entries = Dictionary(file.entries.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    let known = Set(pairs.map(\.name))
    let missing = pairs.map(\.name).filter { entries[$0] == nil }
    let unexpected = file.entries.map(\.name)
      .filter { !known.contains($0) && !naming.isWithoutUse($0) }
    let misshapen = pairs.compactMap { parameter, name in
      entries[name].flatMap { Self.misfit($0, parameter.value.shape) }
    }
    guard !strict || missing.isEmpty && unexpected.isEmpty, misshapen.isEmpty,
      missing.count < pairs.count
    else {
      throw MismatchedParameters(
        file: file.path, missing: missing, unexpected: unexpected, misshapen: misshapen,
        shown: MismatchedParameters.manyShown)
    }
    for (parameter, name) in pairs {
      guard let entry = entries[name] else { continue }
      var value = try file.tensor(entry)
      if naming.conversion(of: WeightPath(parameter.path)) == .oneMinus {
        value = try value * -1 + 1
      }
      try parameter.assign(
        value.shape == parameter.value.shape ? value : try value.reshaped(parameter.value.shape))
    }
    return LoadedWeights(
      naming: naming.name, count: pairs.count - missing.count, missing: missing,
      unexpected: unexpected)
  }

  /// What is wrong with a tensor for a weight of this shape; a scalar and a vector of one element are the same.
  private static func misfit(_ entry: SafetensorsFile.Entry, _ shape: [Int]) -> String? {
    let isScalar = shape.isEmpty && entry.shape == [1] || shape == [1] && entry.shape.isEmpty
    guard entry.shape == shape || isScalar else {
      return "\(entry.name) \(entry.shape) instead of \(shape)"
    }
    return entry.dataType.isFloatingPoint
      ? nil : "\(entry.name) of type \(entry.dataType) instead of floating-point numbers"
  }

  /// The names under which a file has most weights of a network; our own where no convention has any.
  public static func detect(
    _ parameters: ParameterStore, of network: NamedNetwork, in file: SafetensorsFile
  ) throws -> NamedWeights {
    let names = Set(file.entries.map(\.name))
    let candidates = WeightNamingCatalog.all.compactMap {
      try? NamedWeights(parameters, of: network, as: $0)
    }
    func matches(_ weights: NamedWeights) -> Int {
      weights.pairs.count { names.contains($0.name) }
    }
    var best = try NamedWeights(parameters, of: network, as: TimestepNames())
    var most = matches(best)
    for candidate in candidates where matches(candidate) > most {
      (best, most) = (candidate, matches(candidate))
    }
    return best
  }
}

/// What was read from a file of weights.
public struct LoadedWeights: CustomStringConvertible, Sendable {
  /// The convention of the file's names.
  public let naming: String
  /// How many weights were read.
  public let count: Int
  /// Names that the network needs and the file lacks.
  public let missing: [String]
  /// Names that the file has and the network does not need.
  public let unexpected: [String]

  /// Whether the file had every weight and nothing else.
  public var isWhole: Bool { missing.isEmpty && unexpected.isEmpty }

  /// Numbers and names in one line.
  public var description: String {
    func list(_ title: String, _ names: [String]) -> String {
      names.isEmpty
        ? "" : "; \(title): \(MismatchedParameters.list(names, MismatchedParameters.manyShown))"
    }
    return "\(count) weights with the names of \(naming)" + list("missing", missing)
      + list("unexpected", unexpected)
  }
}

/// A convention that cannot name a network's weights.
public struct NoCounterpart: Error, CustomStringConvertible, Sendable {
  /// The convention.
  public let naming: String
  /// What it lacks.
  public let reason: String

  /// Convention, reason and remedy in one line.
  public var description: String {
    "the names of \(naming) do not fit this network: \(reason); 'timestep' names every network, "
      + "'timestep list weight-names' shows the others"
  }
}
