import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A term that is added to a loss, a function of a network's parameters alone.
public protocol Regularizer {
  /// The term, a scalar through which gradients go.
  func value() throws -> Tensor
}

/// A kind of regulariser: a name with arguments, which a network makes a ``Regularizer`` of.
public protocol RegularizerDefinition: CatalogEntry {
  /// The arguments by which it can be varied.
  var arguments: [ArgumentDescription] { get }
  /// The kind with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any RegularizerDefinition
  /// The text that chooses it, with its arguments.
  var choice: String { get }
  /// The term for a network's parameters.
  func make(for network: ResidualNetwork) throws -> any Regularizer
}

/// All regularisers by name; a new one is one file and one line here.
public enum RegularizerCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any RegularizerDefinition] = [
    TimeRegularization(.squares),
    TimeRegularization(.smoothedAbsolutes),
    TikhonovRegularization(),
  ]

  /// The kinds that texts such as `time-l2:alpha=0.001` choose; `none` chooses nothing.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func regularizers(named texts: [String]) throws -> [any RegularizerDefinition] {
    try texts.filter { $0 != "none" }.map { text in
      let choice = try NamedChoice("regularization", text)
      guard let kind = all.first(where: { $0.name == choice.name }) else {
        throw UnknownNameError(
          kind: "regularization", name: choice.name, known: ["none"] + all.map(\.name))
      }
      try choice.check(kind.arguments)
      return try kind.configured(choice)
    }
  }
}

extension Tensor {
  /// A recorded scalar with regularisers added.
  func adding(_ regularizers: [any Regularizer]) throws -> Tensor {
    try regularizers.reduce(self) { try $0 + $1.value() }
  }
}

extension [any Regularizer] {
  /// The sum of the terms, as a number; 0 for none.
  public func sum() throws -> Double {
    try withoutGradients { try reduce(0) { try $0 + $1.value().scalar() } }
  }

  /// `v -> R'' v` for the sum R of the terms; nil for none.
  func hessian(withRespectTo parameters: ParameterVector) throws -> ((Tensor) throws -> Tensor)? {
    guard let first else { return nil }
    let sum = try withGradients { try first.value().adding(Array(dropFirst())) }
    guard try sum.requiresGradient else { return nil }
    let second = try SecondDerivative(of: sum, withRespectTo: parameters.tensors)
    return { try parameters.joined(second.products(parameters.split($0))) }
  }
}
