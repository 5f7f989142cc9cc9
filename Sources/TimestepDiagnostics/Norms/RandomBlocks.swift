import TimestepLayers
import TimestepTorch

/// Random residual blocks on which the bounds of the norm-preservation paper are checked.
///
/// Source: Zaeemzadeh et al. (2020), lemma 1 and corollary 1.
public enum RandomBlocks {
  /// Kinds of random matrices M of a linear block `I + M`.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// Independent normal entries.
    case normal
    /// `G - G^T`: the singular values of `I + M` are never below 1.
    case antisymmetric
    /// `-G G^T`: what is damped.
    case negative = "negative semidefinite"
  }

  /// The singular values of a linear block.
  public struct Linear: Sendable, Hashable {
    /// `s_max(M)`
    public var branch: Double
    /// `s_min(I + M)`
    public var smallest: Double
    /// `s_max(I + M)`
    public var largest: Double
  }

  /// The singular values of `I + M` for a random M of a given spectral norm.
  ///
  /// - Parameter size: M is `[size, size]`.
  public static func linear(_ kind: Kind, size: Int, norm: Double, seed: UInt64) throws -> Linear {
    let normal = try Tensor.empty([size, size], .float64)
    try Generator(seed: seed).fillNormal(normal)
    let shape =
      switch kind {
      case .normal: normal
      case .antisymmetric: try normal - normal.transposed()
      case .negative: try -normal.matrixProduct(normal.transposed())
      }
    let largest = try shape.singularValues().max().scalar()
    let m = try shape * (norm / largest)
    let values = try (Tensor.unit(size) + m).singularValues().scalars(Double.self)
    return Linear(
      branch: try m.singularValues().max().scalar(), smallest: values.min() ?? .nan,
      largest: values.max() ?? .nan)
  }

  /// What a two-layer block does to gradients.
  public struct Gains: Sendable, Hashable {
    /// `|W_2| |W_1|`, the bound of corollary 1 for activations with slopes up to 1.
    public var delta: Double
    /// The smallest and the largest `|dE/dx_l| / |dE/dx_{l+1}|`, 1/r_l, over random states and gradients.
    public var lowest: Double
    public var highest: Double
  }

  /// The gains of gradients through `x + W_2 a(W_1 a(x))`, a elementwise.
  ///
  /// - Parameters:
  ///   - scale: entries of both matrices are normal with the deviation `scale / sqrt(size)`.
  ///   - examples: random states, each with a random gradient after the block.
  public static func twoLayers(
    _ activation: Activation, size: Int, scale: Double, examples: Int, seed: UInt64
  ) throws -> Gains {
    let generator = try Generator(seed: seed)
    func normal(_ shape: [Int], _ deviation: Double) throws -> Tensor {
      let tensor = try Tensor.empty(shape, .float64)
      try generator.fillNormal(tensor, deviation: deviation)
      return tensor
    }
    let deviation = scale / Double(size).squareRoot()
    let (first, second) = (
      try normal([size, size], deviation), try normal([size, size], deviation)
    )
    let (x, after) = (try normal([examples, size], 1), try normal([examples, size], 1))
    try x.setRequiresGradient()
    // Rows are examples: matrices act from the right.
    let inner = try activation(activation(x).matrixProduct(first.transposed()))
    let y = try x + inner.matrixProduct(second.transposed())
    guard let before = try Tensor.gradients(of: [y], seeds: [after], withRespectTo: [x])[0] else {
      throw DiagnosticError(.fault, "two-layer block", "no gradient came back")
    }
    let gains = try (before.norm([1]) / after.norm([1])).scalars(Double.self)
    let norms = try [first, second].map { try $0.singularValues().max().scalar() }
    return Gains(
      delta: ProcrustesBounds.delta(norms: norms, slopes: [1, 1]), lowest: gains.min() ?? .nan,
      highest: gains.max() ?? .nan)
  }
}

extension Tensor {
  /// The unit matrix in float64.
  static func unit(_ size: Int) throws -> Tensor {
    let numbers = try Tensor.range(to: Double(size), .float64)
    return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
  }
}
