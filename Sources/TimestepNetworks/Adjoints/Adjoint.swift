import TimeStepping
import TimestepLayers
import TimestepTorch

/// How gradients come back through the steps of a stage: what is kept from the forward pass, and what is computed
/// again.
///
/// Whatever is computed again sees the same batch statistics and the same noise; running statistics move once.
public protocol Adjoint: CatalogEntry {
  /// The arguments by which it can be varied; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The adjoint with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any Adjoint
  /// Whether it computes again what it does not keep, so that memory matters more than time; a program that trains then
  /// has its allocator give memory back.
  var isFrugal: Bool { get }
  /// Why the adjoint cannot be used with a stage; nil if it can.
  func refusal(_ stage: AdjointContext) -> String?
  /// Numbers kept for the gradient of one example.
  ///
  /// - Parameters:
  ///   - steps: what each step would keep if everything were kept.
  ///   - state: the numbers that are carried from step to step.
  func keptElements(steps: [Int], state: Int) -> Int
  /// The state after all steps of a flow.
  func integrate(_ flow: FlowHandle, from start: SchemeState<Tensor>) throws -> SchemeState<Tensor>
}

extension Adjoint {
  public var arguments: [ArgumentDescription] { [] }
  public var isFrugal: Bool { true }
  public func configured(_ choice: NamedChoice) throws -> any Adjoint { self }
  public func refusal(_ stage: AdjointContext) -> String? { nil }
}

/// What an adjoint may look at to refuse a stage.
public struct AdjointContext {
  /// The scheme.
  public let scheme: any Scheme
  /// The number of steps.
  public let steps: Int
  /// What follows each step.
  public let activation: Activation
  /// The type of the states.
  public let dataType: DataType

  /// Describes a stage.
  public init(scheme: any Scheme, steps: Int, activation: Activation, dataType: DataType) {
    self.scheme = scheme
    self.steps = steps
    self.activation = activation
    self.dataType = dataType
  }
}

/// The steps of a stage, opaque outside of this module.
public struct FlowHandle {
  let flow: Flow
}

/// All adjoints by name; a new one is one file and one line here.
public enum AdjointCatalog {
  /// The adjoints in the order of the documentation.
  public static let all: [any Adjoint] = [
    StoredAdjoint(),
    CheckpointedAdjoint(),
    ReversibleAdjoint(),
  ]

  /// The adjoint that a text such as `stored` or `checkpointed:segment=4` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func adjoint(named text: String) throws -> any Adjoint {
    let choice = try NamedChoice("adjoint", text)
    guard let adjoint = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "adjoint", name: choice.name, known: all.map(\.name))
    }
    try choice.check(adjoint.arguments)
    return try adjoint.configured(choice)
  }
}
