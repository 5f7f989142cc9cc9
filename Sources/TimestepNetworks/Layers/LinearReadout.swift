import TimestepLayers
import TimestepTorch

/// A head whose last part is a linear map `W y + b` of numbers y, its features: a problem that is convex in W and b.
public protocol LinearReadout: Layer {
  /// The map.
  var linear: Linear { get }
  /// What it is applied to, `[N, m]`.
  func features(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor
}
