import ComplexModule
import RealModule
import TimeStepping

/// A field that acts on each component of its state alone, with everything that a scheme may ask of
/// it, and that keeps what it was asked.
final class TestField<Component: VectorSpace & AlgebraicField>: VectorField {
  typealias State = [Component]
  typealias Function = (Component, EvaluationPoint) throws -> Component

  /// Where the field was evaluated, or its Jacobian alone.
  private(set) var points: [EvaluationPoint] = []
  /// The coefficients that were asked for, in their order.
  private(set) var asked: [String] = []
  /// How often the projection was asked for.
  private(set) var projections = 0
  /// The operator L, a multiple of the identity.
  var stiffness = 0.0
  /// The values of coefficients, one for each component.
  var coefficients: [String: [Component]] = [:]
  /// Where the field says that it vanishes.
  var vanishing: (EvaluationPoint) -> Bool = { _ in false }
  /// The projection P, component by component.
  var projection: (Component) -> Component = { $0 }
  private let value: Function
  private let derivative: Function

  /// Makes the field of a function and its derivative by u.
  init(_ value: @escaping Function, derivative: @escaping Function) {
    (self.value, self.derivative) = (value, derivative)
  }

  /// Makes the field `lambda u`.
  convenience init(linear lambda: Component) {
    self.init({ u, _ in lambda * u }, derivative: { _, _ in lambda })
  }

  func forget() { (points, asked, projections) = ([], [], 0) }

  func callAsFunction(_ u: [Component], at point: EvaluationPoint) throws -> [Component] {
    points.append(point)
    return try u.map { try value($0, point) }
  }

  func coefficient(_ name: String, at point: EvaluationPoint) -> [Component]? {
    asked.append(name)
    return coefficients[name]
  }

  func vanishes(at point: EvaluationPoint) -> Bool { vanishing(point) }

  func projected(_ u: [Component]) -> [Component] {
    projections += 1
    return u.map(projection)
  }

  func solvingLinearized(
    _ v: [Component], factor c: Double, around u: [Component], at point: EvaluationPoint
  ) throws -> [Component] {
    if !points.contains(point) { points.append(point) }
    return try zip(v, u).map { v, u in try v / (1 - derivative(u, point).scaled(by: c)) }
  }

  func stiffOperator(_ u: [Component], at point: EvaluationPoint) throws -> [Component] {
    try u.scaled(by: stiffness)
  }

  func solvingStiff(
    _ v: [Component], factor c: Double, at point: EvaluationPoint
  ) throws -> [Component] {
    try v.scaled(by: 1 / (1 + c * stiffness))
  }
}
