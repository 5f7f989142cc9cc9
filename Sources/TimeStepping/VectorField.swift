/// Where in a step of the scheme a field is evaluated: node c in [0, 1] of step l, at time t = t_l
/// + c h; which of the field's functions; and how often that one was evaluated before in this step.
///
/// A network takes the weights theta_l at c = 0 and theta_{l+1} at c = 1 (lecture, "Residual Neural
/// Networks", slide on Heun's method); what it does in between is its own choice.
public struct EvaluationPoint: Sendable, Hashable {
  /// The index l of the step, from 0.
  public let step: Int
  /// The node c: the fraction of the step that lies behind, 0 at its beginning and 1 at its end.
  public let node: Double
  /// The time t_l + c h, in the units of the step size.
  public let time: Double
  /// Which function of the field: 0, or 0 and 1 for a pair such as X' = f_0(Y), Y' = f_1(X).
  public let branch: Int
  /// How many times this function was evaluated before in this step. A network may keep statistics
  /// of its own for each application of the same weights.
  public let application: Int

  /// Describes the point `node` of step `step`, which lies at `time`.
  public init(step: Int, node: Double, time: Double, branch: Int = 0, application: Int = 0) {
    self.step = step
    self.node = node
    self.time = time
    self.branch = branch
    self.application = application
  }

  /// The position l + c on the grid of weights: equal positions share their weights, as node 1 of a
  /// step and node 0 of the next do.
  public var weightPosition: Double { Double(step) + node }

  /// The point at another node, branch or application of the step of size `h` that begins here.
  func moved(
    node: Double = 0, branch: Int = 0, application: Int = 0, size h: Double
  ) -> EvaluationPoint {
    EvaluationPoint(
      step: step, node: node, time: time + node * h, branch: branch, application: application)
  }
}

/// The right-hand side of u' = f(u, t): what is computed in one evaluation.
public protocol VectorField<State> {
  /// The space in which u and f(u, t) live.
  associatedtype State: VectorSpace

  /// Returns f(u, t).
  ///
  /// - Parameters:
  ///   - u: The state, or the intermediate state of a stage.
  ///   - point: The step, node and time of this evaluation, which choose the weights.
  /// - Returns: A vector of the shape of `u`.
  func callAsFunction(_ u: State, at point: EvaluationPoint) throws -> State

  /// Returns the value of a coefficient of the scheme that the field knows, such as a trained k of
  /// a linear multistep scheme; nil where the scheme's own number is meant, which is the default.
  func coefficient(_ name: String, at point: EvaluationPoint) throws -> State?

  /// Whether f is zero in this step, without evaluating it, as in a block that stochastic depth has
  /// dropped; never, by default.
  func vanishes(at point: EvaluationPoint) -> Bool

  /// Returns `base + h f(u, t)` for the state at the end of a step, in whatever way the field forms it
  /// best; by default from the value, or `base` itself where f vanishes.
  func stepping(
    from base: State, along u: State, at point: EvaluationPoint, size h: Double
  ) throws -> State

  /// Returns P(u), with which a projected scheme ends its step; by default P is the identity.
  func projected(_ u: State) throws -> State

  /// Returns `(I - c J)^{-1} v`, J the Jacobian of f at u; the default refuses.
  func solvingLinearized(
    _ v: State, factor c: Double, around u: State, at point: EvaluationPoint
  ) throws -> State

  /// Returns `L u`, L the symmetric positive semi-definite operator that the field takes
  /// implicitly; the default refuses.
  func stiffOperator(_ u: State, at point: EvaluationPoint) throws -> State

  /// Returns `(I + c L)^{-1} v` with the same L; the default refuses.
  func solvingStiff(_ v: State, factor c: Double, at point: EvaluationPoint) throws -> State
}

extension VectorField {
  public func coefficient(_ name: String, at point: EvaluationPoint) throws -> State? { nil }
  public func vanishes(at point: EvaluationPoint) -> Bool { false }
  public func stepping(
    from base: State, along u: State, at point: EvaluationPoint, size h: Double
  ) throws -> State { try base.adding(increment(u, at: point, size: h)) }
  public func projected(_ u: State) throws -> State { u }
  public func solvingLinearized(
    _ v: State, factor c: Double, around u: State, at point: EvaluationPoint
  ) throws -> State {
    throw MissingCapability(capability: .linearizedSolve)
  }
  public func stiffOperator(_ u: State, at point: EvaluationPoint) throws -> State {
    throw MissingCapability(capability: .stiffSolve)
  }
  public func solvingStiff(
    _ v: State, factor c: Double, at point: EvaluationPoint
  ) throws -> State {
    throw MissingCapability(capability: .stiffSolve)
  }
}

extension VectorField {
  /// Returns the term `h f(u)` of a sum, or no term where f vanishes: it is not evaluated there.
  func increment(
    _ u: State, at point: EvaluationPoint, size h: Double
  ) throws -> [(scale: Double, vector: State)] {
    vanishes(at: point) ? [] : [(h, try self(u, at: point))]
  }

  /// Returns f(u), or zero where f vanishes: it is not evaluated there.
  func value(_ u: State, at point: EvaluationPoint) throws -> State {
    try vanishes(at: point) ? u.scaled(by: 0) : self(u, at: point)
  }
}

/// What a scheme may ask of a field beyond its value.
public enum FieldCapability: String, Sendable, Hashable, CaseIterable {
  /// ``VectorField/solvingLinearized(_:factor:around:at:)``
  case linearizedSolve = "a linear solve with its Jacobian"
  /// ``VectorField/stiffOperator(_:at:)`` and ``VectorField/solvingStiff(_:factor:at:)``
  case stiffSolve = "a linear solve with its diffusion operator"
}

/// A scheme asked a field for something that it does not offer.
public struct MissingCapability: Error, Hashable, CustomStringConvertible {
  /// What was asked for.
  public let capability: FieldCapability

  /// Reports it.
  public init(capability: FieldCapability) { self.capability = capability }

  /// The error in words.
  public var description: String {
    "the scheme needs \(capability.rawValue), which this vector field does not offer"
  }
}

/// A field given by a closure, for scalar problems and tests: `ClosureField { u, point in -u }`.
public struct ClosureField<State: VectorSpace>: VectorField {
  private let closure: (State, EvaluationPoint) throws -> State

  /// Makes the field f(u, t) that `closure` computes.
  public init(_ closure: @escaping (State, EvaluationPoint) throws -> State) {
    self.closure = closure
  }

  /// Returns f(u, t).
  public func callAsFunction(_ u: State, at point: EvaluationPoint) throws -> State {
    try closure(u, point)
  }
}
