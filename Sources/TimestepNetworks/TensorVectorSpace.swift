import TimeStepping
import TimestepTorch

/// Tensors are the states of networks: the schemes that run on numbers run on them.
extension Tensor: VectorSpace {
  /// `scale * self`
  public func scaled(by scale: Double) throws -> Tensor { try self * scale }

  /// The product with a coefficient, a number or one for each channel.
  public func multiplied(byCoefficient coefficient: Tensor) throws -> Tensor {
    try (self * coefficient).cast(to: dataType)
  }

  /// The quotient by a coefficient.
  public func divided(byCoefficient coefficient: Tensor) throws -> Tensor {
    try (self / coefficient).cast(to: dataType)
  }

  /// The halves of the channels, `[N, C, ...]` to twice `[N, C / 2, ...]`.
  public func halves() throws -> (Tensor, Tensor) {
    let shape = shape
    guard shape.count >= 2, shape[1] > 0, shape[1].isMultiple(of: 2) else {
      throw VectorSpaceError.notSplittable
    }
    return (
      try sliced(0..<shape[1] / 2, axis: 1), try sliced(shape[1] / 2..<shape[1], axis: 1)
    )
  }

  /// The channels of both, one after the other.
  public func joined(with other: Tensor) throws -> Tensor {
    try .concatenated([self, other], axis: 1)
  }
}
