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
  /// The step that had no history to go by: a multistep scheme took a one-step scheme's step there.
  /// Nil where the scheme was given a history.
  public var startedAt: Int?

  /// Makes the state after `step` steps.
  public init(
    current: Vector, history: [Vector] = [], step: Int = 0, time: Double = 0, startedAt: Int? = nil
  ) {
    self.current = current
    self.history = history
    self.step = step
    self.time = time
    self.startedAt = startedAt
  }

  /// Where the field is evaluated in the step of size `h` that begins here.
  public func point(
    node: Double = 0, branch: Int = 0, application: Int = 0, size h: Double
  ) -> EvaluationPoint {
    EvaluationPoint(
      step: step, node: node, time: time + node * h, branch: branch, application: application)
  }

  /// The state after a step of size `h` from here; a step from an empty history is a start.
  public func next(_ current: Vector, history: [Vector] = [], size h: Double) -> SchemeState {
    SchemeState(
      current: current, history: history, step: step + 1, time: time + h,
      startedAt: self.history.isEmpty ? step : startedAt)
  }
}

/// What a scheme discretises.
public enum ModelEquation: String, Sendable, Hashable, Codable {
  /// `s u' = f(u, t)`, s = ``Scheme/timeScale``. Test equation u' = lambda u, z = h lambda.
  case firstOrder = "u' = f(u)"
  /// `u'' = f(u, t)`. Test equation u'' = lambda^2 u, z = h lambda: z = iy is the oscillation with
  /// h omega = y.
  case secondOrder = "u'' = f(u)"
  /// `X' = f_0(Y, t), Y' = f_1(X, t)`. Test equation X' = lambda Y, Y' = lambda X, z = h lambda.
  case partitioned = "X' = f0(Y), Y' = f1(X)"
}

/// The fields for which a scheme approximates its equation.
public enum FieldClass: String, Sendable, Hashable, Codable {
  /// Every smooth field.
  case every = "every field"
  /// Those without a value at zero: the scheme hands an increment to the field as if it were a
  /// state, and f(0, t) is all that is left of that as h goes to 0.
  case zeroAtZero = "f(0, t) = 0"
  /// Those linear in the state.
  case linear = "f(u, t) = A(t) u"
}

/// One evaluation of a field in a step: where, and of which of its functions.
public struct StepEvaluation: Sendable, Hashable {
  /// The node c in [0, 1].
  public let node: Double
  /// The function of the field.
  public let branch: Int

  /// Describes an evaluation.
  public init(node: Double, branch: Int = 0) {
    self.node = node
    self.branch = branch
  }
}

/// How evaluations of a vector field become one time step of u' = f(u, t).
///
/// A scheme declares its properties beside its formula; the tests over ``SchemeCatalog`` measure
/// each of them, so a declaration that the formula does not keep fails. A scheme with one state and
/// no memory conforms to ``OneStepScheme``, which asks for less; one that can be run backwards, to
/// ``ReversibleScheme``.
public protocol Scheme: Sendable {
  /// The key in the catalog and on the command line, such as `euler`.
  var name: String { get }
  /// The name in the literature, such as `forward Euler`.
  var title: String { get }
  /// The update in one line of formula, such as `u+ = u + h f(u)`.
  var updateEquation: String { get }
  /// Where the scheme is from: paper and equation, or textbook.
  var source: String { get }
  /// What it discretises; `u' = f(u)` by default.
  var equation: ModelEquation { get }
  /// The s of `s u' = f(u, t)` that the scheme approximates; 1 by default.
  var timeScale: Double { get }
  /// The order p of convergence: the error at a fixed time is O(h^p). Nil if the scheme
  /// approximates no differential equation, as a network without skips.
  var order: Int? { get }
  /// The fields for which ``order`` holds; every one by default.
  var consistentFor: FieldClass { get }
  /// The evaluations of the field in one step, in their order, once the scheme has started. A solve
  /// with the field's Jacobian counts as one unless the field is evaluated at the same point.
  var evaluations: [StepEvaluation] { get }
  /// The number of vectors carried from step to step: 1 for a one-step scheme; nil if it grows with
  /// the number of steps.
  var statesCarried: Int? { get }
  /// Whether the state is split into halves, each of which a function of the field is given.
  var halvesState: Bool { get }
  /// Whether the step ends with the field's projection, ``VectorField/projected(_:)``.
  var projects: Bool { get }
  /// Whether a step applies the same weights to arguments so different that each application should
  /// have norms of its own; by default they share them, all but the running statistics.
  var wantsNormPerApplication: Bool { get }
  /// What the scheme asks of a field beyond its value; nothing by default.
  var requirements: Set<FieldCapability> { get }
  /// The coefficients that training may change, one set for each step; none by default.
  var trainedCoefficients: [TrainedCoefficient] { get }
  /// Returns the coefficients of the step that is the `step`-th, from 0, since the scheme started;
  /// by default ``trainedCoefficients``, the same ones for every step.
  func trainedCoefficients(step: Int) -> [TrainedCoefficient]
  /// What becomes of the history where the state changes its shape.
  var boundary: BoundaryPolicy { get }
  /// The largest r such that |R(z)| <= 1 on all of [-r, 0].
  var realStabilityLimit: Double { get }
  /// The largest y such that |R(z)| <= 1 on all of [-iy, iy].
  var imaginaryStabilityLimit: Double { get }
  /// The arguments by which the scheme can be varied, `lm:k=-0.5`; none by default.
  var arguments: [ArgumentDescription] { get }

  /// Returns the scheme with some of its arguments given, `self` if there are none.
  ///
  /// - Throws: ``ArgumentError`` for a value that makes no sense.
  func configured(_ choice: NamedChoice) throws -> any Scheme

  /// Returns what the scheme starts from, before its first step.
  func initialState<Vector: VectorSpace>(_ u0: Vector, time: Double) throws -> SchemeState<Vector>

  /// Returns the history that lets a started scheme go on from `u` where the state before it was
  /// `previous`; empty by default, which starts the scheme anew.
  func history<Vector: VectorSpace>(previous: Vector) -> [Vector]

  /// Returns the state one step of size `h` later; its `step` is greater by 1 and its `time` by
  /// `h`.
  ///
  /// - Throws: Whatever the field or the vector space throws.
  func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State>

  /// Returns the approximation of u(t_l) that `state` holds.
  func output<Vector: VectorSpace>(_ state: SchemeState<Vector>) throws -> Vector

  /// Returns the growth of one step on the test equation of ``equation``, as a function of z = h
  /// lambda.
  ///
  /// R(z) with u_{l+1} = R(z) u_l for a one-step scheme; the root of largest modulus for one that
  /// carries more. Every function of the field is lambda u there.
  func amplificationFactor(_ z: Complex<Double>) -> Complex<Double>
}

extension Scheme {
  public var equation: ModelEquation { .firstOrder }
  public var timeScale: Double { 1 }
  public var consistentFor: FieldClass { .every }
  public var evaluations: [StepEvaluation] { [StepEvaluation(node: 0)] }
  public var halvesState: Bool { false }
  public var projects: Bool { false }
  public var wantsNormPerApplication: Bool { false }
  public var requirements: Set<FieldCapability> { [] }
  public var trainedCoefficients: [TrainedCoefficient] { [] }
  public func trainedCoefficients(step: Int) -> [TrainedCoefficient] { trainedCoefficients }
  public var boundary: BoundaryPolicy { .reset }
  public var arguments: [ArgumentDescription] { [] }

  public func configured(_ choice: NamedChoice) throws -> any Scheme { self }
  public func history<Vector: VectorSpace>(previous: Vector) -> [Vector] { [] }

  /// The number of evaluations of the field in one step, once the scheme has started.
  public var evaluationsPerStep: Int { evaluations.count }
  /// How many times a step evaluates a function of the field at most.
  public var applicationsPerStep: Int {
    Dictionary(grouping: evaluations, by: \.branch).values.map(\.count).max() ?? 1
  }
  /// The distinct nodes c, ascending, at which a step evaluates the field.
  public var nodes: [Double] { Set(evaluations.map(\.node)).sorted() }
  /// The number of functions that the field has to have.
  public var branches: Int { 1 + (evaluations.map(\.branch).max() ?? 0) }

  /// Returns u_0 without any history.
  public func initialState<Vector: VectorSpace>(
    _ u0: Vector, time: Double
  ) throws -> SchemeState<Vector> {
    SchemeState(current: u0, time: time)
  }

  /// Returns the newest state.
  public func output<Vector: VectorSpace>(_ state: SchemeState<Vector>) throws -> Vector {
    state.current
  }

  /// Returns the distinct positions l + c, ascending, at which `steps` steps evaluate the field.
  ///
  /// A network needs one set of weights for each: N for forward Euler, N + 1 for Heun, 2 N + 1 for
  /// the classical Runge-Kutta scheme.
  public func weightPositions(steps: Int) -> [Double] {
    Set((0..<max(0, steps)).flatMap { step in nodes.map { Double(step) + $0 } }).sorted()
  }
}

/// A coefficient of a scheme that training may change, one for each step.
public struct TrainedCoefficient: Sendable, Hashable {
  /// Whether one number serves all channels.
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    case scalar, channel
  }
  /// The name by which the scheme asks for it, such as `k`.
  public let name: String
  /// One number, or one for each channel.
  public let shape: Shape
  /// The interval on which it is uniform at first.
  public let initial: ClosedRange<Double>
  /// The interval to which it is clamped; nil for none.
  public let bounds: ClosedRange<Double>?

  /// Describes a coefficient.
  public init(
    name: String, shape: Shape, initial: ClosedRange<Double>, bounds: ClosedRange<Double>? = nil
  ) {
    self.name = name
    self.shape = shape
    self.initial = initial
    self.bounds = bounds
  }
}

/// What becomes of a multistep scheme's history where a transition changes the state's shape.
public enum BoundaryPolicy: String, Sendable, Hashable, CaseIterable {
  /// The first step is forward Euler, and the mapped state counts as the one before it.
  case reset
  /// The history is mapped too, by a second transition of its own, and no step is lost.
  case project
  /// The history is forgotten: the scheme starts anew.
  case restart
}

/// A scheme whose steps can be undone: training need not keep the states.
public protocol ReversibleScheme: Scheme {
  /// By what factor a rounding error grows in one step back, in the limit h = 0; 1 for a scheme
  /// that is as stable backwards as forwards.
  var inverseErrorGrowth: Double { get }

  /// Returns the state before the step of size `h` that led to `state`; its `step` is less by 1 and
  /// its `time` by `h`.
  func stepBack<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State>
}

extension ReversibleScheme {
  public var inverseErrorGrowth: Double { 1 }
}
