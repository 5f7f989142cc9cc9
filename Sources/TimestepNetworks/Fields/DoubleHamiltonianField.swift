import TimeStepping
import TimestepLayers
import TimestepTorch

/// A pair of symmetric fields: `f_0(Z) = K1^T act(norm(K1 Z) + b1)`, `f_1(Y) = -K2^T act(norm(K2 Y) + b2)`.
///
/// Y' = f_0(Z), Z' = f_1(Y) is the Hamiltonian system of `H(Y, Z) = sum F(K1 Z + b1) + sum F(K2 Y + b2)` with F' =
/// act. Each function is given one half of the state: the shape's inputs are the channels of a half. Weights at
/// `branches.0` and `branches.1`, each as in ``SymmetricField``. Lecture, section 6.4 (DoubleHamiltonianNN); Chang
/// et al. (2018).
public struct DoubleHamiltonianDefinition: FieldDefinition {
  public let name: String
  public let title: String
  public let equation = "f0(Z) = K1^T act(K1 Z + b1), f1(Y) = -K2^T act(K2 Y + b2)"
  public let source = "lecture, section 6.4 (DoubleHamiltonianNN); Chang et al. 2018"
  public let states: Set<StateKind>
  public let changesShape = false
  public let branches = 2
  public let arguments = [hiddenArgument]
  /// The outputs of K1 and K2; nil for the shape's.
  public var hidden: Int?
  private let kind: StateKind

  /// Creates the entry for one kind of states.
  public init(_ kind: StateKind) {
    self.kind = kind
    name = "hamiltonian-2" + kind.suffix
    title = "a Hamiltonian pair, each side a \(kind.mapName) and its adjoint"
    states = [kind]
  }

  public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
    var copy = self
    copy.hidden = try choice.integer("hidden", in: 1...65_536) ?? hidden
    return copy
  }

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    try BranchedField(
      [1, -1].enumerated().map { index, sign in
        try SymmetricField(
          path / "branches" / index, in: store, on: kind, sign: sign, hidden: hidden,
          shape: shape, style: style)
      }, isSystem: true)
  }
}
