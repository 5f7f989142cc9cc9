import ComplexModule
import RealModule

/// A scheme whose next state follows from the two before it, and which can be run backwards:
/// `u_{l+1} = Phi(u_l, u_{l-1}, t_l, h)`.
///
/// A conforming type gives its declarations, its recurrence and the inverse of that; starting and
/// carrying the two states is done here.
public protocol TwoStepScheme: ReversibleScheme {
  /// Returns u_1 from u_0 alone; by default the forward Euler step `u_0 + h f(u_0)`.
  func start<Field: VectorField>(
    _ u: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State

  /// Returns u_{l+1}.
  ///
  /// - Parameters:
  ///   - u: The state u_l.
  ///   - previous: The state u_{l-1}.
  ///   - point: The beginning of the step: its index l, node 0 and time t_l.
  ///   - h: The step size, in units of time.
  ///   - field: The right-hand side.
  func advance<Field: VectorField>(
    _ u: Field.State, previous: Field.State, at point: EvaluationPoint, size h: Double,
    field: Field
  ) throws -> Field.State

  /// Returns u_{l-1} from u_l and u_{l+1}.
  func retreat<Field: VectorField>(
    _ u: Field.State, next: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State

  /// Returns p and q of `u_{l+1} = p u_l + q u_{l-1}`, which the scheme is on its test equation.
  func recurrence(_ z: Complex<Double>) -> (p: Complex<Double>, q: Complex<Double>)
}

extension TwoStepScheme {
  /// The two newest states.
  public var statesCarried: Int? { 2 }

  /// Returns `[previous]`: that is all the history there is.
  public func history<Vector: VectorSpace>(previous: Vector) -> [Vector] { [previous] }

  /// Returns the forward Euler step `u + h f(u)`.
  public func start<Field: VectorField>(
    _ u: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try field.stepping(from: u, along: u, at: point, size: h)
  }

  /// Returns the state one step of size `h` later.
  public func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    let point = state.point(size: h)
    let next =
      if let previous = state.history.first {
        try advance(state.current, previous: previous, at: point, size: h, field: field)
      } else {
        try start(state.current, at: point, size: h, field: field)
      }
    return state.next(next, history: [state.current], size: h)
  }

  /// Returns the state before the step of size `h` that led to `state`. A state without history is
  /// the one from which the scheme started: nothing lies before it, and it is refused.
  public func stepBack<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    guard let u = state.history.first else { throw NothingBefore(scheme: name) }
    let (step, time) = (state.step - 1, state.time - h)
    if state.startedAt == step { return SchemeState(current: u, step: step, time: time) }
    let previous = try retreat(
      u, next: state.current, at: EvaluationPoint(step: step, node: 0, time: time), size: h,
      field: field)
    return SchemeState(
      current: u, history: [previous], step: step, time: time, startedAt: state.startedAt)
  }

  /// Returns the root of `x^2 = p x + q` of largest modulus.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    let (p, q) = recurrence(z)
    return largestRoot(p: p, q: q)
  }
}

/// A step back was asked for from the state with which a scheme started.
public struct NothingBefore: Error, Hashable, CustomStringConvertible {
  /// The name of the scheme.
  public let scheme: String

  /// The error in words.
  public var description: String {
    "scheme \(scheme): there is no step back from the state that it started from"
  }
}

/// Returns the root of `x^2 = p x + q` of largest modulus; of two such, the one with the principal
/// root of the discriminant, which is 1 at z = 0 for every consistent two-step scheme.
func largestRoot(p: Complex<Double>, q: Complex<Double>) -> Complex<Double> {
  let root: Complex<Double> = .sqrt(p * p + q.multiplied(by: 4))
  let (first, second) = ((p + root).multiplied(by: 0.5), (p - root).multiplied(by: 0.5))
  return first.length >= second.length ? first : second
}
