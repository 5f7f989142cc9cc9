import RealModule
import TimeStepping

/// An equation with a known solution, of the kind that a scheme discretises, on which its order is measured.
struct ModelProblem: Sendable {
  /// What the field computes of one component.
  enum Kind: String, Sendable, CaseIterable {
    /// `u' = -u`, `u'' = -u` or the oscillator `X' = Y, Y' = -X`.
    case linear
    /// `u' = u (1 - u)`, for equations of first order and schemes that take nonlinear fields.
    case logistic
  }

  let kind: Kind
  let scheme: any Scheme
  /// The final time; the first is 0.
  static let end = 2.0

  /// The problems with which a scheme's order can be measured: none if it declares none.
  static func all(for scheme: any Scheme) -> [ModelProblem] {
    guard scheme.order != nil else { return [] }
    let isNonlinear = scheme.equation == .firstOrder && scheme.consistentFor != .linear
    return (isNonlinear ? Kind.allCases : [.linear]).map { ModelProblem(kind: $0, scheme: scheme) }
  }

  /// Two components, or their double for a scheme that splits the state.
  var start: [Double] { scheme.halvesState ? [0.4, 0.7, 0.2, -0.3] : [0.4, 0.7] }

  /// The field.
  var field: ModelField {
    switch (kind, scheme.equation) {
    case (.logistic, _): ModelField(value: { u, _ in u * (1 - u) }, slope: { u in 1 - 2 * u })
    case (.linear, .partitioned):
      ModelField(value: { u, branch in branch == 0 ? u : -u }, slope: { _ in -1 })
    case (.linear, _): ModelField(value: { u, _ in -u }, slope: { _ in -1 })
    }
  }

  /// The solution at a time, of `s u' = f(u)`, of `u'' = f(u)` from rest, or of the pair with X = 0 at first where the
  /// scheme does not split its state.
  func solution(at t: Double) -> [Double] {
    switch (kind, scheme.equation) {
    case (.logistic, _):
      let growth = Double.exp(t / scheme.timeScale)
      return start.map { $0 * growth / (1 - $0 + $0 * growth) }
    case (.linear, .firstOrder): return start.map { $0 * .exp(-t / scheme.timeScale) }
    case (.linear, .secondOrder): return start.map { $0 * .cos(t) }
    case (.linear, .partitioned):
      guard scheme.halvesState else { return start.map { $0 * .cos(t) } }
      let half = start.count / 2
      let (x, y) = (Array(start[..<half]), Array(start[half...]))
      let (cosine, sine) = (Double.cos(t), Double.sin(t))
      let first = zip(x, y).map { $0 * cosine + $1 * sine }
      return first + zip(x, y).map { $1 * cosine - $0 * sine }
    }
  }

  /// The largest error of any component after so many equal steps.
  ///
  /// - Parameter hasHistory: whether a scheme of two steps begins with the solution at -h, so that its start adds no
  ///   error of its own.
  func error(steps: Int, hasHistory: Bool = false) throws -> Double {
    let grid = try TimeGrid(from: 0, to: Self.end, steps: steps)
    let end = solution(at: Self.end)
    var found = try scheme.initialState(start, time: 0)
    if hasHistory {
      found.history += scheme.history(previous: solution(at: -Self.end / Double(steps)))
    }
    for (h, time) in zip(grid.sizes, grid.times.dropFirst()) {
      found = try scheme.step(found, size: h, field: field)
      found.time = time
    }
    return zip(try scheme.output(found), end).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

/// A field that acts on each component alone, with all that a scheme may ask of it.
struct ModelField: VectorField {
  typealias State = [Double]
  let value: @Sendable (Double, Int) -> Double
  let slope: @Sendable (Double) -> Double
  /// The operator that a scheme takes implicitly, a multiple of the identity; not half of the field's slope, with which
  /// an implicit step of order 1 would be the trapezoidal rule.
  private static let stiffness = 0.3

  func callAsFunction(_ u: [Double], at point: EvaluationPoint) throws -> [Double] {
    u.map { value($0, point.branch) }
  }

  func solvingLinearized(
    _ v: [Double], factor c: Double, around u: [Double], at point: EvaluationPoint
  ) throws -> [Double] {
    zip(v, u).map { $0 / (1 - c * slope($1)) }
  }

  func stiffOperator(_ u: [Double], at point: EvaluationPoint) throws -> [Double] {
    u.map { Self.stiffness * $0 }
  }

  func solvingStiff(_ v: [Double], factor c: Double, at point: EvaluationPoint) throws -> [Double] {
    v.map { $0 / (1 + c * Self.stiffness) }
  }
}
