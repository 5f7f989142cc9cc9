import TimestepTorch

/// A comparison of a linear map with what should be its adjoint: `<w, J v> = <J^T w, v>` for all v and w.
///
/// Source: Meganet.m, `adjointTest`; lecture, section 6.8.
public struct AdjointTest: Sendable, Codable, Equatable {
  /// `<w, J v>`
  public let forward: Double
  /// `<J^T w, v>`
  public let backward: Double
  /// What their relative difference must stay below.
  public let tolerance: Double

  /// Compares two maps for one pair of vectors.
  ///
  /// - Parameter tolerance: nil for 1e-10 in float64 and 1e-5 in float32.
  public init(
    _ map: (Tensor) throws -> Tensor, adjoint: (Tensor) throws -> Tensor, at v: Tensor,
    against w: Tensor, tolerance: Double? = nil
  ) throws {
    forward = try (map(v).reshaped([-1]) * w.reshaped([-1])).sum().scalar()
    backward = try (adjoint(w).reshaped([-1]) * v.reshaped([-1])).sum().scalar()
    self.tolerance = try tolerance ?? (v.dataType == .float64 ? 1e-10 : 1e-5)
  }

  /// Compares the two products with the Jacobian of a function at x.
  public init(
    of function: VectorFunction, at x: Tensor, along v: Tensor, against w: Tensor,
    tolerance: Double? = nil
  ) throws {
    let linear = try function.linearized(at: x)
    try self.init(
      linear.product, adjoint: linear.transposedProduct, at: v, against: w, tolerance: tolerance)
  }

  /// `|<w, J v> - <J^T w, v>| / |<w, J v>|`; 0 where both are zero.
  public var relativeError: Double {
    forward == backward ? 0 : abs(forward - backward) / abs(forward)
  }

  /// Whether the difference is below the tolerance.
  public var passes: Bool { relativeError < tolerance }
}
