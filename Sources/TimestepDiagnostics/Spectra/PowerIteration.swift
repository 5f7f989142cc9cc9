import TimestepTorch

/// The spectral norm of an operator for whose bases there is no room, by power iteration on `A^T A`.
///
/// ```
/// s = |A v|,  v <- A^T A v / |A^T A v|
/// ```
///
/// s grows towards the largest singular value from below. It ends where s has grown by less than the tolerance over
/// eight steps.
public struct PowerIteration: Sendable, Hashable {
  /// The most steps.
  public var steps = 1000
  /// The relative growth over eight steps at which it ends.
  public var tolerance = 1e-7
  /// Decides on the random start.
  public var seed: UInt64 = 0

  /// Creates the iteration.
  public init() {}

  /// The norm, the steps made, and whether it ended before their limit.
  public func callAsFunction(
    _ a: LinearOperator, shouldStop: () -> Bool = { false }
  ) throws -> (norm: Double, steps: Int, isConverged: Bool) {
    let start = try LanczosBidiagonalization.random(a.columns, Generator(seed: seed))
    var v = try start.cast(to: a.dataType).moved(to: a.device).reshaped([1] + a.inputShape)
    var norms: [Double] = []
    for step in 1...max(steps, 1) {
      let u = try a(v)
      norms.append(try u.norm().cast(to: .float64).scalar())
      let now = norms[step - 1]
      if now == 0 || !now.isFinite { return (now, step, true) }
      if step > 8, now - norms[step - 9] <= tolerance * now { return (now, step, true) }
      if shouldStop() { return (now, step, false) }
      let w = try a.adjoint(u)
      let length = try w.norm().scalar()
      if length == 0 { return (now, step, true) }
      v = try w / length
    }
    return (norms.max() ?? 0, steps, false)
  }
}
