/// A scheme whose next state follows from the present one alone: u_{l+1} = Phi(u_l, t_l, h).
///
/// A conforming type gives its declarations and `advance`; carrying the state is done here.
public protocol OneStepScheme: Scheme {
  /// Returns u_{l+1} = Phi(u_l, t_l, h).
  ///
  /// - Parameters:
  ///   - u: The state u_l.
  ///   - start: The beginning of the step: its index l, node 0 and time t_l.
  ///   - h: The step size, in units of time.
  ///   - field: The right-hand side of u' = f(u, t).
  func advance<Field: VectorField>(
    _ u: Field.State, from start: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State
}

extension OneStepScheme {
  /// One vector: the state itself.
  public var statesCarried: Int? { 1 }

  /// Returns the state one step of size `h` later.
  public func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    let start = EvaluationPoint(step: state.step, node: 0, time: state.time)
    return SchemeState(
      current: try advance(state.current, from: start, size: h, field: field),
      step: state.step + 1,
      time: state.time + h)
  }
}
