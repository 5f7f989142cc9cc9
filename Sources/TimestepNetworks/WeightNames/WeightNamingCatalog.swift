import TimeStepping

/// All conventions for the names of weights; a new one is one file and one line here.
public enum WeightNamingCatalog {
  /// The conventions in the order of the documentation, our own first.
  public static let all: [any WeightNaming] = [
    TimestepNames(),
    TorchvisionNames(),
    PreActivationNames(),
    RobustResNetNames(),
    RobustVDCNNNames(),
    LMResNetNames(),
  ]

  /// The convention of a name; throws `UnknownNameError` with the nearest one.
  public static func naming(named name: String) throws -> any WeightNaming {
    guard let naming = all.first(where: { $0.name == name }) else {
      throw UnknownNameError(kind: "weight-name", name: name, known: all.map(\.name))
    }
    return naming
  }
}

/// The paths of this library, which every network has.
public struct TimestepNames: WeightNaming {
  public let name = "timestep"
  public let title = "the paths of parameters in this program, for every network"
  public let equation = "stages.1.steps.0.field.conv1.weight"
  public let source = "this program"
  public let countsBatches = false

  /// The convention.
  public init() {}

  public func obstacle(to network: NamedNetwork) -> String? { nil }

  public func name(of weight: WeightPath, in network: NamedNetwork) -> String? {
    switch weight {
    case .step(let stage, let step, let rest): "stages.\(stage).steps.\(step).\(rest)"
    case .stage(let stage, let rest): "stages.\(stage).\(rest)"
    case .network(let path): path
    }
  }
}
