import ComplexModule
import RealModule

/// The Adams-Bashforth scheme of order 2, `u_{l+1} = u_l + h (3/2 f_l - 1/2 f_{l-1})`, f_l = f(u_l,
/// t_l), for equal steps, started with a forward Euler step.
///
/// The history holds the last slope, which no state before can give: where the state changes its
/// shape, the scheme starts anew.
///
/// Source: F. Bashforth, J. C. Adams (1883); E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary
/// Differential Equations I, section III.1.
public struct AdamsBashforth2: Scheme {
  /// Makes the scheme; it has no parameters.
  public init() {}

  public var name: String { "ab2" }
  public var title: String { "Adams-Bashforth scheme of order 2" }
  public var updateEquation: String { "u_{l+1} = u_l + h (3/2 f(u_l) - 1/2 f(u_{l-1}))" }
  public var source: String { "F. Bashforth and J. C. Adams (1883)" }
  /// 2: the start's error is O(h^2), once.
  public var order: Int? { 2 }
  /// The newest state and the slope before it.
  public var statesCarried: Int? { 2 }
  public var boundary: BoundaryPolicy { .restart }
  /// 1: the root x = -1 of `x^2 = (1 + 3z/2) x - z/2` is at z = -1.
  public var realStabilityLimit: Double { 1 }
  /// 0: |R(iy)| = 1 + y^4/4 + ...
  public var imaginaryStabilityLimit: Double { 0 }

  /// Returns the state one step of size `h` later.
  public func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    let slope = try field.value(state.current, at: state.point(size: h))
    let next =
      if let last = state.history.first {
        try state.current.adding([(1.5 * h, slope), (-0.5 * h, last)])
      } else {
        try state.current.adding(slope, scaledBy: h)
      }
    return state.next(next, history: [slope], size: h)
  }

  /// Returns the root of `x^2 = (1 + 3z/2) x - z/2` of largest modulus.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    largestRoot(p: 1 + z.multiplied(by: 1.5), q: z.multiplied(by: -0.5))
  }
}
