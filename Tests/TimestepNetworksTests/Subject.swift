import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A network under test: a point of families x schemes x batch norm x activation.
///
/// Tests that take ``all`` cover a new family or scheme as soon as it stands in its catalog; the toys of this
/// target stand in the same lists.
struct Subject: Sendable, CustomTestStringConvertible {
  static let families: [any NetworkFamily] = NetworkCatalog.families + [ToyNetwork()]
  static let schemes: [any Scheme] = SchemeCatalog.all + [ToyScheme()]

  static let all: [Subject] = families.flatMap { family in
    schemes.flatMap { scheme in
      [true, false].flatMap { batchNorm in
        Activation.allCases.map { activation in
          Subject(family: family, scheme: scheme, batchNorm: batchNorm, activation: activation)
        }
      }
    }
  }

  let family: any NetworkFamily
  let scheme: any Scheme
  let batchNorm: Bool
  let activation: Activation

  var testDescription: String {
    "\(family.name), \(scheme.name), \(batchNorm ? "batch norm" : "no batch norm"), "
      + "\(activation.rawValue)"
  }

  /// A small problem of the family's kind: a family for images is given images, one for points, points.
  var task: NetworkTask { Self.task(for: family) }

  static func task(for family: any NetworkFamily, channels: Int = 2, size: [Int] = [9, 7])
    -> NetworkTask
  {
    let isImage = family.defaultTask.inputShape.count == 3
    return NetworkTask(inputShape: isImage ? [channels] + size : [channels], classes: 3)
  }

  /// The network with few steps and few channels.
  func make(
    h: Double = 0.3, depth: Int? = nil, task: NetworkTask? = nil, seed: UInt64 = 1,
    _ type: DataType = .float64
  ) throws -> ResidualNetwork {
    var options = NetworkOptions()
    options.depth = depth ?? family.depths.min()
    options.widths = Array([2, 3, 4].prefix(try family.resolved(options).widths?.count ?? 0))
    options.h = h
    options.batchNorm = batchNorm
    options.postActivation = activation
    let isKnown = SchemeCatalog.names.contains(scheme.name)
    options.scheme = isKnown ? scheme.name : nil
    let store = ParameterStore(seed: seed, dataType: type)
    let network = try family.make(options, task: task ?? self.task, in: store)
    return isKnown ? network : try network.stepping(by: scheme)
  }

  /// The batch of three examples that the tests use.
  func input(_ type: DataType = .float64) throws -> Tensor {
    try .normal([3] + task.inputShape, seed: 11).cast(to: type)
  }

  /// Its classes.
  func labels() throws -> Tensor { try Tensor([0, 1, 2] as [Int64]) }
}

extension ResidualNetwork {
  /// A network of the same parts in which another scheme steps, one that need not stand in the catalog.
  func stepping(by scheme: any Scheme) throws -> ResidualNetwork {
    let stages = try stages.enumerated().map { index, stage in
      try Stage(
        ParameterPath.root / "stages" / index, scheme: scheme, grid: stage.grid,
        activation: stage.activation, transition: stage.transition, fields: stage.fields)
    }
    return try ResidualNetwork(
      parameters: parameters, inputShape: inputShape, stem: stem, stages: stages, head: head)
  }
}
