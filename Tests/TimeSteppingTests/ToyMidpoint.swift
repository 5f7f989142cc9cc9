import ComplexModule
import RealModule
import TimeStepping

/// The midpoint scheme `u_{l+1} = u_{l-1} + 2h f(u_l, t_l)`, started with one step of Heun.
///
/// It stands here to show that the protocol holds a scheme with a history, and that adding one
/// touches one file: every test over the schemes covers it.
struct ToyMidpoint: Scheme {
  var name: String { "toy-midpoint" }
  var title: String { "midpoint" }
  var updateEquation: String { "u_{l+1} = u_{l-1} + 2h f(u_l)" }
  var source: String { "this test" }
  var order: Int? { 2 }
  var statesCarried: Int? { 2 }
  var realStabilityLimit: Double { 0 }
  var imaginaryStabilityLimit: Double { 1 }

  func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    guard let previous = state.history.first else {
      var started = try RungeKutta.heun.step(state, size: h, field: field)
      started.history = [state.current]
      return started
    }
    let here = EvaluationPoint(step: state.step, node: 0, time: state.time)
    return SchemeState(
      current: try previous.adding(field(state.current, at: here), scaledBy: 2 * h),
      history: [state.current], step: state.step + 1, time: state.time + h)
  }

  func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    let root: Complex<Double> = .sqrt(z * z + 1)
    let (first, second) = (z + root, z - root)
    return first.length >= second.length ? first : second
  }
}
