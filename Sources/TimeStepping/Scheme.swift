import ComplexModule
import RealModule

/// What a scheme carries from step to step.
public struct SchemeState<Vector: VectorSpace>: Sendable {
  /// The newest state, u_l.
  public var current: Vector
  /// What else the scheme needs of the past, newest first: u_{l-1}, u_{l-2}, ... Empty for a
  /// one-step scheme.
  public var history: [Vector]
  /// The number l of steps taken.
  public var step: Int
  /// The time t_l, in the units of the step size.
  public var time: Double

  /// Makes the state after `step` steps.
  public init(current: Vector, history: [Vector] = [], step: Int = 0, time: Double = 0) {
    self.current = current
    self.history = history
    self.step = step
    self.time = time
  }
}

/// How evaluations of a vector field become one time step of u' = f(u, t).
///
/// A scheme declares its properties beside its formula; the tests over ``SchemeCatalog`` measure
/// each of them, so a declaration that the formula does not keep fails. A scheme with one state and
/// no memory conforms to ``OneStepScheme``, which asks for less.
public protocol Scheme: Sendable {
  /// The key in the catalog and on the command line, such as `euler`.
  var name: String { get }
  /// The name in the literature, such as `forward Euler`.
  var title: String { get }
  /// The update in one line of formula, such as `u+ = u + h f(u)`.
  var updateEquation: String { get }
  /// Where the scheme is from: paper and equation, or textbook.
  var source: String { get }
  /// The order p of convergence: the error at a fixed time is O(h^p).
  var order: Int { get }
  /// The number of evaluations of the field in one step, once the scheme has started.
  var evaluationsPerStep: Int { get }
  /// The distinct nodes c, ascending, at which a step evaluates the field.
  var nodes: [Double] { get }
  /// The number of vectors carried from step to step: 1 for a one-step scheme.
  var statesCarried: Int { get }
  /// The largest r such that |R(z)| <= 1 on all of [-r, 0].
  var realStabilityLimit: Double { get }
  /// The largest y such that |R(z)| <= 1 on all of [-iy, iy].
  var imaginaryStabilityLimit: Double { get }

  /// Returns what the scheme starts from, before its first step.
  func initialState<Vector: VectorSpace>(_ u0: Vector, time: Double) throws -> SchemeState<Vector>

  /// Returns the state one step of size `h` later; its `step` is greater by 1 and its `time` by
  /// `h`.
  ///
  /// - Throws: Whatever the field or the vector space throws.
  func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State>

  /// Returns the approximation of u(t_l) that `state` holds.
  func output<Vector: VectorSpace>(_ state: SchemeState<Vector>) -> Vector

  /// Returns the growth of one step on the test equation u' = lambda u, as a function of z = h
  /// lambda.
  ///
  /// R(z) with u_{l+1} = R(z) u_l for a one-step scheme; the root of largest modulus for a
  /// multistep scheme.
  func amplificationFactor(_ z: Complex<Double>) -> Complex<Double>
}

extension Scheme {
  /// Returns u_0 without any history.
  public func initialState<Vector: VectorSpace>(
    _ u0: Vector, time: Double
  ) throws -> SchemeState<Vector> {
    SchemeState(current: u0, time: time)
  }

  /// Returns the newest state.
  public func output<Vector: VectorSpace>(_ state: SchemeState<Vector>) -> Vector { state.current }

  /// Returns the distinct positions l + c, ascending, at which `steps` steps evaluate the field.
  ///
  /// A network needs one set of weights for each: N for forward Euler, N + 1 for Heun, 2 N + 1 for
  /// the classical Runge-Kutta scheme.
  public func weightPositions(steps: Int) -> [Double] {
    Set((0..<max(0, steps)).flatMap { step in nodes.map { Double(step) + $0 } }).sorted()
  }
}
