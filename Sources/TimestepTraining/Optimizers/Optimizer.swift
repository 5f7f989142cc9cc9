import TimestepLayers
import TimestepTorch

/// A rule that changes parameters by their gradients.
public protocol Optimizer: AnyObject {
  /// The name in configurations, e.g. `sgd`.
  var name: String { get }
  /// Makes one step with the given learning rate, in place, from the gradients that backward has accumulated.
  func step(rate: Double) throws
  /// Forgets all gradients and frees their memory.
  func clearGradients() throws
  /// What the rule remembers between steps, by name, to be saved with a run.
  var state: [(name: String, tensor: Tensor)] { get }
  /// The number of steps made.
  var steps: Int { get }
  /// Goes back to what was saved: the tensors of ``state`` by name, after so many steps.
  func restore(_ saved: Safetensors, steps: Int) throws
}

extension Optimizer {
  /// Overwrites the tensors of ``state``; throws `MismatchedParameters` where names or shapes differ.
  func restoreTensors(_ saved: Safetensors) throws {
    let own = state
    let given = Dictionary(
      saved.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    let names = Set(own.map(\.name))
    let mismatch = MismatchedParameters(
      file: "the optimiser's state", missing: own.map(\.name).filter { given[$0] == nil },
      unexpected: saved.tensors.map(\.name).filter { !names.contains($0) },
      misshapen: own.filter { name, tensor in
        given[name].map { $0.shape != tensor.shape } ?? false
      }.map(\.name))
    guard mismatch.missing.isEmpty, mismatch.unexpected.isEmpty, mismatch.misshapen.isEmpty else {
      throw mismatch
    }
    try withoutGradients {
      for (name, tensor) in own {
        if let source = given[name] { try tensor.copyInPlace(from: source) }
      }
    }
  }
}

/// How an optimiser is made from a configuration.
public struct OptimizerDefinition: Sendable {
  /// The numbers that a rule may use; a rule ignores those it has no use for.
  public struct Settings: Sendable {
    /// The share of the last direction that is kept.
    public var momentum: Double
    /// The factor of the squared norm's gradient that is added to every gradient, except of parameters that
    /// weight decay does not apply to.
    public var weightDecay: Double

    /// Creates settings.
    public init(momentum: Double, weightDecay: Double) {
      self.momentum = momentum
      self.weightDecay = weightDecay
    }
  }

  /// The name in configurations.
  public let name: String
  /// The update equation.
  public let equation: String
  /// Makes the rule for some parameters.
  public let make: @Sendable ([Parameter], Settings) throws -> any Optimizer
}

/// All optimisers by name; a new one is one file and one line here.
public enum OptimizerCatalog {
  /// The rules in the order of the documentation.
  public static let all: [OptimizerDefinition] = [
    OptimizerDefinition(
      name: "sgd", equation: "m <- momentum m + g + decay p;  p <- p - rate m",
      make: { try SGD($0, momentum: $1.momentum, weightDecay: $1.weightDecay) }),
    OptimizerDefinition(
      name: "adam", equation: "p <- p - rate m / (sqrt(v) + 1e-8), bias-corrected",
      make: { try Adam($0, weightDecay: $1.weightDecay) }),
  ]
}

extension [Parameter] {
  /// Parameters that have a gradient, those with weight decay apart from those without.
  func groups(weightDecay: Double) throws -> [ParameterGroup] {
    var decayed = ParameterGroup(weightDecay: weightDecay)
    var others = ParameterGroup(weightDecay: 0)
    for (index, parameter) in enumerated() {
      guard let gradient = try parameter.value.gradient else { continue }
      // Without any decay they are one group, changed by one call.
      if parameter.isDecayed || weightDecay == 0 {
        decayed.append(index, parameter.value, gradient)
      } else {
        others.append(index, parameter.value, gradient)
      }
    }
    return [decayed, others].filter { !$0.indices.isEmpty }
  }

  /// Zeros of every parameter's shape and memory order.
  func zeros() throws -> [Tensor] {
    try map { parameter in
      let copy = try parameter.value.detached().copied()
      try copy.fill(0)
      return copy
    }
  }

  /// Removes all gradients.
  func clearGradients() throws { for parameter in self { try parameter.value.setGradient(nil) } }
}

/// Parameters that one call changes, with their gradients.
struct ParameterGroup {
  let weightDecay: Double
  private(set) var indices: [Int] = []
  private(set) var values: [Tensor] = []
  private(set) var gradients: [Tensor] = []

  init(weightDecay: Double) { self.weightDecay = weightDecay }

  mutating func append(_ index: Int, _ value: Tensor, _ gradient: Tensor) {
    indices.append(index)
    values.append(value)
    gradients.append(gradient)
  }
}
