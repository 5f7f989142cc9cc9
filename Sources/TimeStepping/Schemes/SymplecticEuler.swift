import ComplexModule
import RealModule

/// The symplectic Euler scheme for a pair of states, `X_{l+1} = X_l + h f_0(Y_l, t_l)`,
/// `Y_{l+1} = Y_l + h f_1(X_{l+1}, t_l)`.
///
/// The second line uses the new X: for the oscillator X' = -w Y, Y' = w X the matrix of a step has
/// determinant 1 and trace 2 - h^2 w^2, so that a modified energy is conserved exactly up to h w =
/// 2. Each line is undone by itself, whatever the functions are. The signs of a Hamiltonian pair
/// are the field's.
public struct SymplecticEuler: ReversibleScheme {
  /// Where the two states are from.
  enum Pair: Sendable, Hashable {
    /// The halves of the state; the output joins them.
    case halves
    /// X is zero at first, Y is the state; the output is Y.
    case augmented
  }

  public let name: String
  public let title: String
  public let updateEquation: String
  public let source: String
  let pair: Pair

  /// The reversible residual network: X and Y are the halves of the state.
  ///
  /// Source: A. Gomez et al., RevNet (2017); LM-ResNet, section 2, which calls it forward Euler.
  public static let rev = SymplecticEuler(
    name: "rev", title: "RevNet (symplectic Euler)",
    updateEquation: "X+ = X + h f0(Y); Y+ = Y + h f1(X+)",
    source: "A. Gomez et al., RevNet (2017); LM-ResNet", pair: .halves)

  /// The Hamiltonian network of one layer: `Z_{l+1} = Z_l + h f_0(Y_l)`,
  /// `Y_{l+1} = Y_l + h f_1(Z_{l+1})`, Z_0 = 0, with `f_0(Y) = -sigma(K^T Y + b)` and
  /// `f_1(Z) = sigma(K Z + b)`; the output is Y.
  ///
  /// Source: lecture "Residual Neural Networks"; Meganet, `HamiltonianNN`.
  public static let hamiltonian = SymplecticEuler(
    name: "hamiltonian", title: "Hamiltonian network (Verlet with a second state)",
    updateEquation: "Z+ = Z + h f0(Y); Y+ = Y + h f1(Z+); Z_0 = 0",
    source: "Meganet, HamiltonianNN; E. Haber, L. Ruthotto (2017)", pair: .augmented)

  /// The Hamiltonian network of two layers: `Y_{l+1} = Y_l + h f_0(Z_l)`,
  /// `Z_{l+1} = Z_l + h f_1(Y_{l+1})`, with `f_0(Z) = K_1^T sigma(K_1 Z)` and
  /// `f_1(Y) = -K_2^T sigma(K_2 Y)`; Y and Z are the halves of the state.
  ///
  /// Source: B. Chang et al., Reversible architectures (2018); Meganet, `DoubleHamiltonianNN`.
  public static let hamiltonian2 = SymplecticEuler(
    name: "hamiltonian-2", title: "Hamiltonian network of two layers",
    updateEquation: "Y+ = Y + h f0(Z); Z+ = Z + h f1(Y+)",
    source: "B. Chang et al., Reversible architectures (2018); Meganet, DoubleHamiltonianNN",
    pair: .halves)

  public var equation: ModelEquation { .partitioned }
  public var order: Int? { 1 }
  /// Each function once, both with the weights of the step.
  public var evaluations: [StepEvaluation] {
    [StepEvaluation(node: 0, branch: 0), StepEvaluation(node: 0, branch: 1)]
  }
  public var statesCarried: Int? { 2 }
  public var halvesState: Bool { pair == .halves }
  public var boundary: BoundaryPolicy { .restart }
  /// 0: the equation itself grows for real lambda.
  public var realStabilityLimit: Double { 0 }
  /// 2: h omega <= 2.
  public var imaginaryStabilityLimit: Double { 2 }

  /// Returns X as what is current and Y as the history, or Y as what is current and Z = 0 as the
  /// history.
  public func initialState<Vector: VectorSpace>(
    _ u0: Vector, time: Double
  ) throws -> SchemeState<Vector> {
    switch pair {
    case .halves:
      let (first, second) = try u0.halves()
      return SchemeState(current: first, history: [second], time: time)
    case .augmented:
      return SchemeState(current: u0, history: [try u0.scaled(by: 0)], time: time)
    }
  }

  /// Returns X and Y joined, or Y.
  public func output<Vector: VectorSpace>(_ state: SchemeState<Vector>) throws -> Vector {
    guard pair == .halves, let second = state.history.first else { return state.current }
    return try state.current.joined(with: second)
  }

  /// Returns the state one step of size `h` later. A state without a history is taken for that from
  /// which the scheme starts.
  public func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    guard !state.history.isEmpty else {
      var start = try initialState(state.current, time: state.time)
      start.step = state.step
      return try step(start, size: h, field: field)
    }
    var (x, y) = streams(state)
    x = try x.adding(field.increment(y, at: state.point(branch: 0, size: h), size: h))
    y = try y.adding(field.increment(x, at: state.point(branch: 1, size: h), size: h))
    let (current, other) = pair == .halves ? (x, y) : (y, x)
    return state.next(current, history: [other], size: h)
  }

  /// Returns the state before: `Y_l = Y_{l+1} - h f_1(X_{l+1})`, then `X_l = X_{l+1} - h f_0(Y_l)`.
  public func stepBack<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    guard !state.history.isEmpty else { throw NothingBefore(scheme: name) }
    var before = state
    (before.step, before.time) = (state.step - 1, state.time - h)
    var (x, y) = streams(state)
    y = try y.adding(field.increment(x, at: before.point(branch: 1, size: h), size: -h))
    x = try x.adding(field.increment(y, at: before.point(branch: 0, size: h), size: -h))
    (before.current, before.history) = pair == .halves ? (x, [y]) : (y, [x])
    return before
  }

  /// X, which moves first, and Y.
  private func streams<Vector: VectorSpace>(_ state: SchemeState<Vector>) -> (Vector, Vector) {
    pair == .halves
      ? (state.current, state.history[0]) : (state.history[0], state.current)
  }

  /// Returns the root of `x^2 = (2 + z^2) x - 1` of largest modulus: an eigenvalue of the matrix of
  /// a step.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    largestRoot(p: 2 + z * z, q: -1)
  }
}
