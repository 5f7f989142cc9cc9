/// Returns the approximation of u(t_N) for u' = f(u, t), u(t_0) = u_0: N steps of the scheme over
/// the grid.
///
/// - Parameters:
///   - u0: The state u_0 at the start of the grid.
///   - field: The right-hand side f.
///   - scheme: How evaluations of f become a step.
///   - grid: The number of steps and their sizes.
///   - observer: Is shown what the scheme carries at each of the N + 1 times, that of the start
///     included.
/// - Throws: Whatever the field, the vector space or the observer throws.
public func integrate<Field: VectorField>(
  _ u0: Field.State, field: Field, scheme: some Scheme, grid: TimeGrid,
  observer: (SchemeState<Field.State>) throws -> Void = { _ in }
) throws -> Field.State {
  var state = try scheme.initialState(u0, time: grid.start)
  try observer(state)
  for (h, end) in zip(grid.sizes, grid.times.dropFirst()) {
    state = try scheme.step(state, size: h, field: field)
    state.time = end  // The grid's own time: sums of h would drift from it.
    try observer(state)
  }
  return try scheme.output(state)
}

/// Returns the approximations of u(t_0) ... u(t_N), one for each of the N + 1 times of the grid.
///
/// - Throws: Whatever the field or the vector space throws.
public func trajectory<Field: VectorField>(
  _ u0: Field.State, field: Field, scheme: some Scheme, grid: TimeGrid
) throws -> [Field.State] {
  var states: [Field.State] = []
  _ = try integrate(u0, field: field, scheme: scheme, grid: grid) { state in
    states.append(try scheme.output(state))
  }
  return states
}

/// Returns what the scheme started from, by undoing the N steps of the grid, the last first.
///
/// - Throws: Whatever the field or the vector space throws.
public func integrateBack<Field: VectorField>(
  _ end: SchemeState<Field.State>, field: Field, scheme: some ReversibleScheme, grid: TimeGrid
) throws -> SchemeState<Field.State> {
  var state = end
  for (h, start) in zip(grid.sizes, grid.times).reversed() {
    state = try scheme.stepBack(state, size: h, field: field)
    state.time = start
  }
  return state
}
