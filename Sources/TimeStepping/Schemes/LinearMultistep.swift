import ComplexModule
import RealModule

/// The linear multistep scheme of LM-ResNet, `u_{l+1} = (1 - k) u_l + k u_{l-1} + h f(u_l, t_l)`,
/// started with a forward Euler step.
///
/// It approximates `(1 + k) u' = f(u)`; `consistent=yes` multiplies f by 1 + k, in all steps but
/// the first, and so approximates u' = f(u). The second root of its recurrence is -k at h = 0,
/// hence |k| <= 1; k = 0 is forward Euler, k = 1 the midpoint scheme with half its step, k = -1 the
/// leapfrog of second order equations, with h f for h^2 f.
///
/// k is a number, or trained: then each step asks the field for its coefficient `k`, one number or
/// one for each channel. What is declared for a trained k holds for the number ``k``, which stands
/// in where a field knows none.
///
/// Source: LM-ResNet, equation of the LM architecture and section 3.1; the published code has s = 1
/// - k and resets the history at transitions.
public struct LinearMultistep: TwoStepScheme {
  /// Where k is from.
  public enum Coefficient: Sendable, Hashable {
    /// The same number in every step.
    case constant(Double)
    /// One number, or one for each channel, in each step, changed by training.
    case trained(TrainedCoefficient.Shape)
  }

  /// Where k is from.
  public let coefficient: Coefficient
  /// What becomes of the history where the state changes its shape.
  public let boundary: BoundaryPolicy
  /// Whether a trained k is kept between -1 and 1.
  public let isClamped: Bool
  /// Whether f is multiplied by 1 + k.
  public let isConsistent: Bool

  /// The interval on which a trained k is uniform at first, as in the paper.
  public static let initialInterval = -0.1...0.0
  /// k where none is given: the middle of the interval.
  public static let standard = -0.05

  /// Makes the scheme.
  public init(
    k: Coefficient = .constant(LinearMultistep.standard), boundary: BoundaryPolicy = .reset,
    isClamped: Bool = false, isConsistent: Bool = false
  ) {
    coefficient = k
    self.boundary = boundary
    self.isClamped = isClamped
    self.isConsistent = isConsistent
  }

  /// The number k; for a trained one, that which stands in for it.
  public var k: Double {
    switch coefficient {
    case .constant(let k): k
    case .trained: Self.standard
    }
  }

  public var name: String { "lm" }
  public var title: String { "linear multistep scheme of LM-ResNet" }
  public var updateEquation: String { "u_{l+1} = (1 - k) u_l + k u_{l-1} + h f(u_l)" }
  public var source: String { "LM-ResNet (Lu, Zhong, Li, Dong)" }
  /// 1 + k, and 1 if the scheme is consistent.
  public var timeScale: Double { isConsistent ? 1 : 1 + k }
  /// 1 for -1 < k < 1. For k = 1 it is 2 if the scheme is consistent; if not, its first step is one
  /// of length h for u' = f, which is wrong by O(h) for 2 u' = f and leaves order 1. None for k =
  /// -1, where 1 + k = 0, and for |k| > 1, where the second root grows.
  public var order: Int? {
    switch k {
    case 1: isConsistent ? 2 : 1
    case -1..<1 where k > -1: 1
    default: nil
    }
  }
  public var trainedCoefficients: [TrainedCoefficient] {
    switch coefficient {
    case .constant: []
    case .trained(let shape):
      [
        TrainedCoefficient(
          name: "k", shape: shape, initial: Self.initialInterval,
          bounds: isClamped ? -1...1 : nil)
      ]
    }
  }
  /// `2 (1 - k)` for |k| <= 1, divided by 1 + k if the scheme is consistent.
  public var realStabilityLimit: Double {
    abs(k) <= 1 ? 2 * (1 - k) / forceScale : 0
  }
  /// 0, but 2 for k = 1, divided by 1 + k if the scheme is consistent.
  public var imaginaryStabilityLimit: Double { k == 1 ? 2 / forceScale : 0 }
  /// 1/|k|, the second root of the inverse at h = 0: infinite for k = 0, and for a trained k, whose
  /// initial interval has 0 in it.
  public var inverseErrorGrowth: Double {
    switch coefficient {
    case .constant(let k): max(1, 1 / abs(k))
    case .trained: .infinity
    }
  }
  private var forceScale: Double { isConsistent ? 1 + k : 1 }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "k", standard: "\(Self.standard)", "a number from -1 to 1, or trained"),
      ArgumentDescription("shape", standard: "scalar", "of a trained k: scalar or channel"),
      ArgumentDescription(
        "boundary", standard: "reset",
        "the history at a transition: reset, project or restart"),
      ArgumentDescription(
        "clamp", standard: "no", "whether a trained k is kept between -1 and 1"),
      ArgumentDescription("consistent", standard: "no", "whether f is multiplied by 1 + k"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    let shape = try choice.option("shape") ?? TrainedCoefficient.Shape.scalar
    let isClamped = try choice.flag("clamp") ?? self.isClamped
    let isTrained = choice.values["k"] == "trained"
    if !isTrained, shape == .channel || isClamped {
      throw ArgumentError("scheme", name, "shape=channel and clamp=yes are for k=trained alone")
    }
    let k = isTrained ? nil : try choice.number("k", in: -1...1)
    let isConsistent = try choice.flag("consistent") ?? self.isConsistent
    if isConsistent, k == -1 {
      throw ArgumentError(
        "scheme", name, "consistent=yes multiplies f by 1 + k, which is 0 for k=-1")
    }
    return LinearMultistep(
      k: isTrained ? .trained(shape) : k.map { .constant($0) } ?? coefficient,
      boundary: try choice.option("boundary") ?? boundary,
      isClamped: isClamped, isConsistent: isConsistent)
  }

  /// Returns `(1 - k) u_l + k u_{l-1} + h f(u_l)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, previous: Field.State, at point: EvaluationPoint, size h: Double,
    field: Field
  ) throws -> Field.State {
    guard let trained = try field.coefficient("k", at: point) else {
      return try field.stepping(
        from: .linearCombination([(1 - k, u), (k, previous)]), along: u, at: point,
        size: h * forceScale)
    }
    let base = try u.blended(with: previous, coefficient: trained)
    if !isConsistent { return try field.stepping(from: base, along: u, at: point, size: h) }
    return try base.adding(force(u, trained, at: point, size: h, field: field))
  }

  /// Returns `u_{l-1} = u_l + (u_{l+1} - u_l - h f(u_l)) / k`.
  public func retreat<Field: VectorField>(
    _ u: Field.State, next: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    let difference = try next.adding(u, scaledBy: -1)
    guard let trained = try field.coefficient("k", at: point) else {
      guard k != 0 else {
        throw ArgumentError("scheme", name, "a step with k = 0 cannot be undone")
      }
      let part = try difference.adding(field.increment(u, at: point, size: -h * forceScale))
      return try u.adding(part, scaledBy: 1 / k)
    }
    let part = try difference.adding(force(u, trained, at: point, size: -h, field: field))
    return try u.adding(part.divided(byCoefficient: trained), scaledBy: 1)
  }

  /// The terms `h f(u)`, or `h f(u) + h k f(u)` if the scheme is consistent.
  private func force<Field: VectorField>(
    _ u: Field.State, _ k: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> [(scale: Double, vector: Field.State)] {
    let terms = try field.increment(u, at: point, size: h)
    guard isConsistent, let (_, value) = terms.first else { return terms }
    return terms + [(h, try value.multiplied(byCoefficient: k))]
  }

  /// Returns p = 1 - k + z and q = k; (1 + k) z for z if the scheme is consistent.
  public func recurrence(_ z: Complex<Double>) -> (p: Complex<Double>, q: Complex<Double>) {
    (Complex(1 - k) + z.multiplied(by: forceScale), Complex(k))
  }
}
