import Foundation
import TimestepTorch

/// The largest and the smallest singular value of an operator, by what its size allows.
public struct OperatorExtremes: Sendable, Hashable {
  /// How they were computed.
  public enum Method: String, Sendable, Hashable, Codable {
    /// The decomposition of the whole matrix.
    case matrix = "dense matrix"
    /// ``LanczosBidiagonalization``
    case lanczos = "Lanczos"
    /// ``PowerIteration``: the largest one only.
    case power = "power iteration"
  }

  /// The spectral norm.
  public var largest: Double
  /// The smallest of the `min(rows, columns)` singular values; nil where it was not computed.
  public var smallest: Double?
  /// How.
  public var method: Method
  /// The steps of an iteration; 0 for a matrix.
  public var steps: Int
  /// Whether the iteration came to its end, so that both numbers are good to its tolerance.
  public var isConverged: Bool
  /// Whether the largest one did; the smallest may take much longer.
  public var isLargestConverged: Bool

  /// What decides on the method.
  public struct Limits: Sendable, Hashable {
    /// The larger dimension up to which the matrix is made.
    public var matrix = 2048
    /// Bytes for the vectors of the Lanczos iteration; where fewer than 40 fit, power iteration takes its place.
    public var bytes = 512 << 20
    /// The most steps of the Lanczos iteration.
    public var steps = 300

    /// The limits that a diagnostic uses.
    public init() {}
  }

  /// Computes both.
  ///
  /// - Parameter deadline: when iterations end, whether they have converged or not.
  public init(
    of map: LinearOperator, limits: Limits = Limits(), seed: UInt64 = 0,
    deadline: Date = .distantFuture
  ) throws {
    let (rows, columns) = (map.rows, map.columns)
    if max(rows, columns) <= limits.matrix {
      let values = try map.matrix().singularValues().scalars(Double.self)
      (largest, smallest) = (values.first ?? 0, values.last ?? 0)
      (method, steps, isConverged, isLargestConverged) = (.matrix, 0, true, true)
      return
    }
    let room = limits.bytes / (8 * max(rows + columns, 1))
    guard room >= 40 else {
      var power = PowerIteration()
      power.seed = seed
      let found = try power(map) { Date() > deadline }
      (largest, smallest, steps, isConverged) = (found.norm, nil, found.steps, found.isConverged)
      isLargestConverged = isConverged
      method = .power
      return
    }
    var lanczos = LanczosBidiagonalization()
    lanczos.steps = min(limits.steps, room)
    lanczos.seed = seed
    let found = try lanczos(map) { Date() > deadline }
    (largest, smallest, steps, isConverged) =
      (found.largest, found.smallest, found.steps, found.isConverged)
    isLargestConverged = found.isLargestConverged
    method = .lanczos
  }
}
