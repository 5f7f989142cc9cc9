import RealModule
import Testing
import TimeStepping

/// Steps that are undone.
@Suite struct InverseTests {
  @Test(
    "50 steps and back, to 1e-10",
    arguments: Subject.reversible.filter { inverse($0)?.inverseErrorGrowth == 1 })
  func roundTrip(subject: Subject) throws {
    #expect(try roundTripError(subject, steps: 50) < 1e-10)
  }

  @Test(
    "The state from which the scheme started has no history again, and none before it",
    arguments: Subject.reversible.filter { inverse($0)?.inverseErrorGrowth ?? .infinity < 2 })
  func start(subject: Subject) throws {
    let scheme = try #require(inverse(subject))
    let (start, end, field) = try run(scheme, steps: 3)
    let back = try integrateBack(end, field: field, scheme: scheme, grid: grid(steps: 3))
    #expect(back.history.count == start.history.count)
    #expect((back.step, back.time, back.startedAt) == (start.step, start.time, start.startedAt))
    guard back.history.isEmpty else { return }
    let error = #expect(throws: NothingBefore.self) {
      try scheme.stepBack(back, size: 0.1, field: field)
    }
    #expect(error?.description.contains(subject.scheme.name) == true)
  }

  @Test(
    "A state that was given its history goes back beyond it",
    arguments: Subject.reversible.filter { inverse($0)?.inverseErrorGrowth ?? .infinity < 2 })
  func givenHistory(subject: Subject) throws {
    let scheme = try #require(inverse(subject))
    let field = Problem.nonlinear(scheme).field
    var state = SchemeState(current: [0.8, 0.3], history: [[0.7, 0.1]], step: 4, time: 0.4)
    let start = state
    for _ in 0..<3 { state = try scheme.step(state, size: 0.1, field: field) }
    for _ in 0..<3 { state = try scheme.stepBack(state, size: 0.1, field: field) }
    #expect(state.step == 4)
    #expect(difference(state, start) < 1e-13)
  }

  @Test(
    "A rounding error grows as declared on the way back",
    arguments: Subject.reversible.filter { inverse($0)?.inverseErrorGrowth.isFinite == true })
  func errorGrowth(subject: Subject) throws {
    let scheme = try #require(inverse(subject))
    let field = TestField(linear: 1.0)
    var error = SchemeState(current: [1.0], history: [[-0.7]], step: 100, time: 0)
    var sizes: [Double] = []
    for _ in 0..<100 {
      error = try scheme.stepBack(error, size: 0, field: field)
      sizes.append(abs(error.current[0]) + abs(error.history[0][0]))
    }
    let growth = Double.pow(sizes[99] / sizes[49], 1.0 / 50)
    #expect(abs(growth - scheme.inverseErrorGrowth) < 0.02 * scheme.inverseErrorGrowth)
  }

  @Test("Near k = 1 the error of LM's inverse grows like |k|^-n, so that k = -0.05 is lost")
  func linearMultistep() throws {
    func error(_ text: String, steps: Int) throws -> Double {
      try roundTripError(
        Subject(text: text, scheme: SchemeCatalog.scheme(named: text)), steps: steps)
    }
    #expect(try error("lm:k=0.9", steps: 50) < 1e-10)
    #expect(try error("lm:k=-0.9", steps: 50) < 1e-10)
    #expect(try error("lm:k=-0.05", steps: 5) < 1e-8)
    #expect(try error("lm:k=-0.05", steps: 20) > 1)
  }

  @Test("LM's inverse with trained k, and with k of the channels", arguments: ["no", "yes"])
  func trained(consistent: String) throws {
    let scheme = try #require(
      SchemeCatalog.scheme(named: "lm:k=trained,consistent=\(consistent)") as? any ReversibleScheme)
    #expect(scheme.inverseErrorGrowth == .infinity)
    let field = Problem.forced.field
    field.coefficients["k"] = [0.95, -0.9]
    var end = try scheme.initialState([1, 0.4], time: 0)
    for _ in 0..<20 { end = try scheme.step(end, size: 0.1, field: field) }
    let back = try integrateBack(end, field: field, scheme: scheme, grid: grid(steps: 20))
    #expect(back.history.isEmpty)
    for (u, u0) in zip(back.current, [1, 0.4]) { #expect(abs(u - u0) < 1e-12) }
  }

  @Test("A step with k = 0 forgot what came before")
  func zero() throws {
    let scheme = try #require(inverse(Subject(text: "", scheme: LinearMultistep(k: .constant(0)))))
    #expect(scheme.inverseErrorGrowth == .infinity)
    let (_, end, field) = try run(scheme, steps: 3)
    #expect(throws: ArgumentError.self) { try scheme.stepBack(end, size: 0.1, field: field) }
  }

  private func roundTripError(_ subject: Subject, steps: Int) throws -> Double {
    let scheme = try #require(inverse(subject))
    let (start, end, field) = try run(scheme, steps: steps)
    let back = try integrateBack(end, field: field, scheme: scheme, grid: grid(steps: steps))
    return difference(back, start)
  }

  private func run(
    _ scheme: any ReversibleScheme, steps: Int
  ) throws -> (SchemeState<[Double]>, SchemeState<[Double]>, TestField<Double>) {
    let field = Problem.nonlinear(scheme).field
    let start = try scheme.initialState(Problem.initial(scheme), time: 0)
    var end = start
    _ = try integrate(
      Problem.initial(scheme), field: field, scheme: scheme, grid: grid(steps: steps)
    ) { end = $0 }
    return (start, end, field)
  }

  private func grid(steps: Int) throws -> TimeGrid { try TimeGrid(steps: steps, size: 0.1) }

  /// The largest difference of two components, relative to the largest component.
  private func difference(_ x: SchemeState<[Double]>, _ y: SchemeState<[Double]>) -> Double {
    let (x, y) = (x.current + x.history.joined(), y.current + y.history.joined())
    let scale = y.reduce(0) { max($0, abs($1)) }
    return zip(x, y).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }
}

private func inverse(_ subject: Subject) -> (any ReversibleScheme)? {
  subject.scheme as? any ReversibleScheme
}
