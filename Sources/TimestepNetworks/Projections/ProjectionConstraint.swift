import TimestepLayers
import TimestepTorch

/// Keeps a convolution norm-preserving while it is trained: the kernel is projected anew every few steps.
///
/// ```
/// K <- P(K)   after step 0 (the initial values), m, 2 m, ...
/// ```
///
/// Whoever makes the layer applies step 0, so that a fresh network is projected and one that is read from a file
/// stays as it was saved. Momenta are not projected. Source: Zaeemzadeh et al. (2020), algorithm 1.
public final class ProjectionConstraint: ParameterConstraint {
  /// The kernel, `[d, c, k, k]`.
  public let parameter: Parameter
  /// Height and width of the convolution's value; for a square map of the paper, n and n.
  public let size: [Int]
  /// What the kernel is brought back to.
  public let projection: ProcrustesProjection
  /// When.
  public let schedule: ProjectionSchedule
  /// What the draws of the schedule depend on.
  public let seed: UInt64

  /// Creates a constraint; nothing is projected yet.
  public init(
    _ parameter: Parameter, size: [Int], projection: ProcrustesProjection = .init(),
    schedule: ProjectionSchedule = .every(2), seed: UInt64
  ) {
    self.parameter = parameter
    self.size = size
    self.projection = projection
    self.schedule = schedule
    self.seed = seed
  }

  public func apply(afterStep step: Int) throws {
    guard schedule.isDue(afterStep: step, seed: seed) else { return }
    // A network that diverges is to end with a loss that is no number, not with an error of the decomposition.
    if projection.method == .svd, try parameter.value.isFinite().all().scalar() == 0 { return }
    try parameter.assign(projection(parameter.value, size: size))
  }
}
