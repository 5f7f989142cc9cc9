import TimeStepping
import TimestepLayers

/// How a program calls the weights of networks: a convention for the names in a file.
///
/// A convention maps each of our paths to one name, no two to the same, or has no counterpart to a network. To add one:
/// a file like `TorchvisionNames.swift` and a line in ``WeightNamingCatalog``.
public protocol WeightNaming: CatalogEntry {
  /// What of a network the convention has no counterpart to, such as `its field is dense`; nil where it names all of it.
  func obstacle(to network: NamedNetwork) -> String?
  /// The name of a parameter or buffer; nil where it has none.
  func name(of weight: WeightPath, in network: NamedNetwork) -> String?
  /// How a value of ours becomes one of theirs.
  func conversion(of weight: WeightPath) -> WeightConversion
  /// Whether a name that may stand in a file has no counterpart here and is not missed.
  func isWithoutUse(_ name: String) -> Bool
  /// Whether a batch norm has, beside its four tensors, `num_batches_tracked`, the count of its training steps.
  var countsBatches: Bool { get }
}

extension WeightNaming {
  public func conversion(of weight: WeightPath) -> WeightConversion { .none }
  public func isWithoutUse(_ name: String) -> Bool {
    countsBatches && name.hasSuffix(".\(PyTorchModule.batchCount)")
  }
  public var countsBatches: Bool { true }
}

/// How a value of ours becomes one of a file, and back.
public enum WeightConversion: Sendable {
  /// It stays as it is.
  case none
  /// `theirs = 1 - ours`, a scalar as a vector of one element.
  case oneMinus
}

/// A network as a convention sees it.
public struct NamedNetwork: Sendable {
  /// The family's name, such as `imagenet-resnet`.
  public let family: String
  /// Every choice that makes the network.
  public let options: NetworkOptions
  /// Steps of each stage.
  public let steps: [Int]

  /// Describes the network whose parameters have these paths.
  public init(family: String, options: NetworkOptions, paths: [String]) {
    self.family = family
    self.options = options
    var steps: [Int] = []
    for case .step(let stage, let step, _) in paths.map(WeightPath.init) where stage < 100_000 {
      while steps.count <= stage { steps.append(0) }
      steps[stage] = max(steps[stage], step + 1)
    }
    self.steps = steps
  }

  /// The number of a step, counted through all stages.
  func number(stage: Int, step: Int) -> Int { steps.prefix(stage).reduce(step, +) }

  /// A choice without its arguments: `lm` for `lm:k=trained`.
  func bare(_ choice: String?) -> String { String((choice ?? "").prefix { $0 != ":" }) }

  /// The obstacle of what all known conventions have in common: batch norm, no biases, ReLU, weights of their own in
  /// each step.
  func ordinaryObstacle() -> String? {
    if bare(options.weights) != "per-step" { return "its weights are \(options.weights ?? "")" }
    if options.normalization != .batch { return "its normalization is not batch" }
    if options.activation != .relu { return "its activation is not relu" }
    return nil
  }
}

/// A path in parts: `stages.1.steps.4.field.conv2.weight` is `.step(1, 4, "field.conv2.weight")`.
public enum WeightPath: Sendable {
  /// Of a step of a stage.
  case step(stage: Int, step: Int, rest: String)
  /// Of a stage, such as its transition.
  case stage(Int, rest: String)
  /// Of the stem or the head.
  case network(String)

  /// Takes a path apart.
  public init(_ path: String) {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    func rest(_ count: Int) -> String { parts.dropFirst(count).joined(separator: ".") }
    guard parts.count > 2, parts[0] == "stages", let stage = Int(parts[1]), stage >= 0 else {
      self = .network(path)
      return
    }
    if parts.count > 4, parts[2] == "steps", let step = Int(parts[3]), step >= 0 {
      self = .step(stage: stage, step: step, rest: rest(4))
    } else {
      self = .stage(stage, rest: rest(2))
    }
  }
}

/// What modules written for PyTorch have in common.
enum PyTorchModule {
  static let batchCount = "num_batches_tracked"

  /// `field.conv1.weight` as `conv1.weight`, `field.norm1.bias` as `bn1.bias`; nil for anything else.
  static func blockName(_ rest: String) -> String? {
    guard rest.hasPrefix("field.") else { return nil }
    let name = rest.dropFirst("field.".count)
    if name.hasPrefix("conv") { return String(name) }
    return name.hasPrefix("norm") ? "bn" + name.dropFirst("norm".count) : nil
  }

  /// The beginning of a path replaced by the first fitting rule, the rest as it is; nil where none fits.
  static func renamed(_ path: String, _ rules: KeyValuePairs<String, String>) -> String? {
    for (ours, theirs) in rules where path.hasPrefix(ours + ".") {
      return theirs + path.dropFirst(ours.count)
    }
    return nil
  }
}
