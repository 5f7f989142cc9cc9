import RealModule

/// The bounds of the norm-preservation paper, as formulas.
///
/// A block `x_{l+1} = x_l + F_l(x_l)` is said to keep norms up to delta where
///
/// ```
/// (1 - delta) |dE/dx_{l+1}| <= |dE/dx_l| <= (1 + delta) |dE/dx_{l+1}|
/// ```
///
/// Source: Zaeemzadeh et al. (2020), section 2.
public enum ProcrustesBounds {
  /// Theorem 1: a map that is smooth and invertible has a representation by L blocks with `delta = c log(2L) / L`. The
  /// rate without the constant c, which depends on the map.
  public static func nonlinearRate(blocks: Int) -> Double {
    .log(2 * Double(blocks)) / Double(blocks)
  }

  /// Theorem 2: a linear map with singular values from `smallest` to `largest` has a global optimum with `delta = c / L`
  /// for `L >= 3 gamma`.
  ///
  /// ```
  /// gamma = max(|log s_max|, |log s_min|),   c = 2 (sqrt(pi) + sqrt(3 gamma))^2
  /// ```
  public struct Linear: Sendable, Hashable {
    /// The map's distance from isometries.
    public let gamma: Double
    /// The number of blocks.
    public let blocks: Int

    /// Describes the representation of a map by L blocks.
    public init(largest: Double, smallest: Double, blocks: Int) {
      gamma = max(abs(Double.log(largest)), abs(Double.log(smallest)))
      self.blocks = blocks
    }

    /// Whether the theorem speaks about it: `L >= 3 gamma`, and the map is invertible.
    public var applies: Bool { gamma.isFinite && Double(blocks) >= 3 * gamma }
    /// The constant c.
    public var constant: Double {
      let sum = Double.pi.squareRoot() + (3 * gamma).squareRoot()
      return 2 * sum * sum
    }
    /// The bound `c / L`.
    public var delta: Double { constant / Double(blocks) }
  }

  /// Corollary 1: a block whose branch is a chain of linear maps and elementwise functions with slopes between 0 and
  /// `slope` keeps norms up to the product of all spectral norms and slopes; for two layers,
  /// `delta = slope^2 |W_1| |W_2|`.
  public static func delta(norms: [Double], slopes: [Double]) -> Double {
    (norms + slopes).reduce(1, *)
  }

  /// Lemma 1: `1 - s_max(M) <= s_min(I + M) <= s_max(I + M) <= 1 + s_max(M)`; whether it holds up to rounding.
  public static func lemma(
    branch: Double, smallest: Double, largest: Double, rounding: Double = 1e-10
  ) -> Bool {
    let slack = rounding * (1 + branch)
    return 1 - branch <= smallest + slack && smallest <= largest + slack
      && largest <= 1 + branch + slack
  }
}
