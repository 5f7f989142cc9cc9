import ComplexModule
import TimeStepping

/// The Adams-Bashforth scheme `u+ = u + h (3/2 f_l - 1/2 f_{l-1})`, started with forward Euler.
///
/// It carries the last slope, so it shows that networks hold a scheme with a history.
struct ToyScheme: Scheme {
  var name: String { "toy-adams-bashforth" }
  var title: String { "Adams-Bashforth with two steps" }
  var updateEquation: String { "u+ = u + h (3/2 f_l - 1/2 f_{l-1})" }
  var source: String { "this test" }
  var order: Int? { 2 }
  var statesCarried: Int? { 2 }
  var realStabilityLimit: Double { 1 }
  var imaginaryStabilityLimit: Double { 0 }

  func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    let here = EvaluationPoint(step: state.step, node: 0, time: state.time)
    let slope = try field(state.current, at: here)
    let next =
      try state.history.first.map {
        try state.current.adding([(1.5 * h, slope), (-0.5 * h, $0)])
      } ?? state.current.adding(slope, scaledBy: h)
    return SchemeState(
      current: next, history: [slope], step: state.step + 1, time: state.time + h)
  }

  func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    // The roots of r^2 - (1 + 3/2 z) r + z/2.
    let center: Complex<Double> = (1 + Complex(1.5) * z) / 2
    let root: Complex<Double> = .sqrt(center * center - z / 2)
    let (first, second) = (center + root, center - root)
    return first.length >= second.length ? first : second
  }
}
