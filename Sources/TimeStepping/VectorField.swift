/// Where in a step of the scheme a field is evaluated: node c in [0, 1] of step l, at time t = t_l
/// + c h.
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

  /// Describes the point `node` of step `step`, which lies at `time`.
  public init(step: Int, node: Double, time: Double) {
    self.step = step
    self.node = node
    self.time = time
  }

  /// The position l + c on the grid of weights: equal positions share their weights, as node 1 of a
  /// step and node 0 of the next do.
  public var weightPosition: Double { Double(step) + node }
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
