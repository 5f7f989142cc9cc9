import TimestepTorch

/// Spectral norms of linear maps for whose bases there is no room, by power iteration on `A^T A`.
///
/// ```
/// s = |A v|,  v <- A^T A v / |A^T A v|
/// ```
///
/// s grows towards the largest singular value from below. It ends where s has grown by less than the tolerance over
/// eight steps.
public struct PowerIteration: Sendable, Hashable {
  /// The most steps.
  public var steps: Int
  /// The relative growth over eight steps at which it ends.
  public var tolerance: Double
  /// Decides on the random start.
  public var seed: UInt64 = 0
  private static let window = 8

  /// Sets the limits.
  public init(steps: Int = 1000, tolerance: Double = 1e-7) {
    self.steps = steps
    self.tolerance = tolerance
  }

  /// The norm, the steps made, and whether it ended before their limit.
  public func callAsFunction(
    _ a: LinearOperator, shouldStop: () -> Bool = { false }
  ) throws -> (norm: Double, steps: Int, isConverged: Bool) {
    let found = try perExample(
      like: .zeros([1] + a.inputShape, a.dataType, on: a.device), Generator(seed: seed),
      apply: { try a($0) }, transposed: a.adjoint, shouldStop: shouldStop)
    return (found.norms.first ?? 0, found.steps, found.isConverged)
  }

  /// The norm of a map on each example of a batch `[N, ...]`, where examples do not see each other.
  package func perExample(
    like states: Tensor, _ generator: Generator, apply: (Tensor) throws -> Tensor,
    transposed: (Tensor) throws -> Tensor, shouldStop: () -> Bool = { false }
  ) throws -> (norms: [Double], steps: Int, isConverged: Bool) {
    var v = try Self.normalized(states.noise(generator)).vectors
    var history: [[Double]] = []
    for step in 1...max(steps, 1) {
      let (w, norms) = try Self.normalized(apply(v))
      history.append(norms)
      let isSettled = norms.indices.allSatisfy { example in
        let now = norms[example]
        if now == 0 || !now.isFinite { return true }
        guard step > Self.window else { return false }
        return now - history[step - 1 - Self.window][example] <= tolerance * now
      }
      if isSettled { return (norms, step, true) }
      if shouldStop() { return (norms, step, false) }
      v = try Self.normalized(transposed(w)).vectors
    }
    return (history.last ?? [], history.count, false)
  }

  /// Every example over its length, where it has one.
  private static func normalized(_ v: Tensor) throws -> (vectors: Tensor, lengths: [Double]) {
    let lengths = try v.lengths()
    let factors = lengths.map { $0 > 0 && $0.isFinite ? 1 / $0 : 0 }
    return (try v.scaled(byExample: factors), lengths)
  }
}
