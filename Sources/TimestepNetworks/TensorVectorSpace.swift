import TimeStepping
import TimestepTorch

/// Tensors are the states of networks: the schemes that run on numbers run on them.
extension Tensor: VectorSpace {
  /// `scale * self`
  public func scaled(by scale: Double) throws -> Tensor { try self * scale }
}
