import TimeStepping
import TimestepLayers
import TimestepTorch

/// Several fields with weights of their own, each one function: the f and g of RevNet, the two branches of
/// shake-shake, the F and G of PolyNet's mpoly-2 and 2-way blocks.
public final class BranchedField: ResidualField {
  /// The fields, one per branch.
  public let fields: [any ResidualField]

  public let isSystem: Bool

  /// Joins fields, at least one.
  ///
  /// - Parameter isSystem: whether they are the sides of one system.
  public init(_ fields: [any ResidualField], isSystem: Bool = false) {
    precondition(!fields.isEmpty, "a branched field needs at least one field")
    self.fields = fields
    self.isSystem = isSystem
  }

  public var branches: Int { fields.count }

  /// The value of the first field.
  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try fields[0](input, pass)
  }

  public func callAsFunction(_ u: Tensor, branch: Int, _ pass: ForwardPass) throws -> Tensor {
    try fields[branch](u, pass)
  }

  /// The rows of the first field.
  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try fields[0].trace(shape, &table)
  }

  public func trace(_ shape: [Int], branch: Int, _ table: inout LayerTable) throws -> [Int] {
    try fields[branch].trace(shape, &table)
  }
}

/// Any kind of field several times: branch i has its weights below `branches.i`.
public struct BranchedDefinition: FieldDefinition {
  /// What each branch is.
  public let base: any FieldDefinition
  public let branches: Int

  /// Takes a kind of field with one function `count` times; throws `OptionError` for one with more.
  public init(of base: any FieldDefinition, count: Int) throws {
    guard count > 0, base.branches == 1 else {
      throw OptionError(
        "field", base.name, "a field of \(base.branches) functions cannot be taken \(count) times")
    }
    self.base = base
    branches = count
  }

  public var name: String { "\(base.name)-x\(branches)" }
  public var title: String { "\(base.title), \(branches) times with weights of its own" }
  public var equation: String { "f_i: \(base.equation)" }
  public var source: String { base.source }
  public var states: Set<StateKind> { base.states }
  public var isPreActivated: Bool { base.isPreActivated }
  public var changesShape: Bool { base.changesShape }
  public var layers: Int { base.layers }
  public var arguments: [ArgumentDescription] { base.arguments }

  public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
    try BranchedDefinition(of: base.configured(choice), count: branches)
  }

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    try BranchedField(
      (0..<branches).map {
        try base.make(path / "branches" / $0, in: store, shape: shape, style: style)
      })
  }
}
