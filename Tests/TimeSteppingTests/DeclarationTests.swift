import Testing
import TimeStepping

/// What each scheme says about its evaluations, its memory and its demands, against what it does.
@Suite struct DeclarationTests {
  /// Steps taken before measuring, so that a scheme with a history has started.
  private let startingSteps = 3

  @Test("Evaluations, functions, nodes, steps and times are as declared", arguments: Subject.all)
  func evaluations(subject: Subject) throws {
    let (scheme, h) = (subject.scheme, 0.25)
    let field = Problem.nonlinear(scheme).field
    let state = try started(scheme, field, size: h)
    field.forget()
    let next = try scheme.step(state, size: h, field: field)

    let evaluations = field.points.map { StepEvaluation(node: $0.node, branch: $0.branch) }
    #expect(evaluations == scheme.evaluations)
    #expect(evaluations.count == scheme.evaluationsPerStep)
    #expect(Set(field.points.map(\.node)).sorted() == scheme.nodes)
    #expect(Set(field.points.map(\.branch)) == Set(0..<scheme.branches))
    for (index, point) in field.points.enumerated() {
      let before = field.points[..<index].count { $0.branch == point.branch }
      #expect(point.application == before)
      #expect(point.step == startingSteps)
      #expect(point.time == state.time + point.node * h)
    }
    #expect(state.time == 2 + Double(startingSteps) * h)
    #expect(next.step == startingSteps + 1)
    #expect(next.time == state.time + h)
  }

  @Test("The states carried are as declared", arguments: Subject.all)
  func states(subject: Subject) throws {
    let field = Problem.linear(subject.scheme).field
    let state = try started(subject.scheme, field, size: 0.1)
    #expect(1 + state.history.count == subject.scheme.statesCarried ?? startingSteps + 1)
  }

  @Test("A state of several components steps as each component alone", arguments: Subject.all)
  func components(subject: Subject) throws {
    let scheme = subject.scheme
    let grid = try TimeGrid(steps: 5, size: 0.2)
    func end(_ u0: [Double]) throws -> [Double] {
      let field = TestField<Double>({ u, _ in u * (1 - u) }, derivative: { u, _ in 1 - 2 * u })
      return try integrate(u0, field: field, scheme: scheme, grid: grid)
    }
    let u0 = [0.1, 0.5, 1.7, 0.3, -0.2, 0.9]
    let together = try end(u0)
    #expect(together != u0)
    let stride = scheme.halvesState ? 3 : 6
    for first in 0..<stride {
      let indices = Array(Swift.stride(from: first, to: 6, by: stride))
      #expect(try end(indices.map { u0[$0] }) == indices.map { together[$0] })
    }
  }

  @Test("A state that does not split is refused by those that split it", arguments: Subject.all)
  func halves(subject: Subject) throws {
    func initialState() throws { _ = try subject.scheme.initialState(1.0, time: 0) }
    if subject.scheme.halvesState {
      #expect(throws: VectorSpaceError.notSplittable) { try initialState() }
    } else {
      try initialState()
    }
  }

  @Test(
    "The projection ends each step of those that declare it, and no other", arguments: Subject.all)
  func projection(subject: Subject) throws {
    let field = Problem.linear(subject.scheme).field
    field.projection = { $0 + 100 }
    let state = try started(subject.scheme, field, size: 0.1)
    #expect(field.projections == (subject.scheme.projects ? startingSteps : 0))
    #expect((state.current[0] > 50) == subject.scheme.projects)
  }

  @Test("A field without a solve is refused by those that require one", arguments: Subject.all)
  func requirements(subject: Subject) throws {
    let field = ClosureField<[Double]> { u, _ in u }
    func run() throws {
      _ = try integrate(
        [1, 2], field: field, scheme: subject.scheme, grid: TimeGrid(steps: 3, size: 0.1))
    }
    if subject.scheme.requirements.isEmpty {
      try run()
    } else {
      let error = #expect(throws: MissingCapability.self) { try run() }
      #expect(error.map { subject.scheme.requirements.contains($0.capability) } == true)
      #expect(error?.description.contains("which this vector field does not offer") == true)
    }
  }

  @Test("Each step asks for the trained coefficients that are declared", arguments: Subject.all)
  func coefficients(subject: Subject) throws {
    let scheme = subject.scheme
    let field = Problem.linear(scheme).field
    for name in ["k"] + (0...4).map({ "k\($0)" }) { field.coefficients[name] = [-0.3, -0.2] }
    var state = try scheme.initialState([1, 0.5], time: 0)
    for step in 0...4 {
      field.forget()
      state = try scheme.step(state, size: 0.1, field: field)
      let declared = scheme.trainedCoefficients(step: step).map(\.name)
      if step > 0, !declared.isEmpty { #expect(field.asked == declared) }
      for coefficient in scheme.trainedCoefficients {
        if let bounds = coefficient.bounds { #expect(bounds.contains(coefficient.initial)) }
      }
    }
  }

  @Test("Where the field vanishes it counts as zero and is not evaluated", arguments: Subject.all)
  func vanishing(subject: Subject) throws {
    let (scheme, problem) = (subject.scheme, Problem.nonlinear(subject.scheme))
    let grid = try TimeGrid(steps: 5, size: 0.2)
    func end(_ field: TestField<Double>) throws -> [Double] {
      try integrate(Problem.initial(scheme), field: field, scheme: scheme, grid: grid)
    }
    let field = problem.field
    field.vanishing = { $0.step == 2 }
    let zero = TestField<Double>(
      { $1.step == 2 ? 0 : problem.f($0, $1) },
      derivative: { $1.step == 2 ? 0 : problem.derivative($0, $1) })
    zero.stiffness = field.stiffness
    for (found, expected) in zip(try end(field), try end(zero)) {
      #expect(abs(found - expected) <= 1e-14 * max(1, abs(expected)))
    }
    #expect(!field.points.contains { $0.step == 2 })
    #expect(field.points.contains { $0.step == 3 })
  }

  @Test("A history is enough to go on, and none to start anew", arguments: Subject.all)
  func history(subject: Subject) throws {
    let scheme = subject.scheme
    let field = Problem.nonlinear(scheme).field
    let u = Problem.initial(scheme)
    let restarted = try scheme.step(
      SchemeState(current: u, step: 7, time: 0.7), size: 0.1, field: field)
    #expect(restarted.step == 8)
    let first = try scheme.step(scheme.initialState(u, time: 0.7), size: 0.1, field: field)
    #expect(try scheme.output(restarted) == scheme.output(first))

    let history = scheme.history(previous: u.map { $0 - 0.1 })
    guard !history.isEmpty else { return }
    let resumed = try scheme.step(
      SchemeState(current: u, history: history, step: 7, time: 0.7), size: 0.1, field: field)
    #expect(1 + resumed.history.count == scheme.statesCarried ?? (2 + history.count))
  }

  @Test("An error of the field reaches the caller", arguments: Subject.all)
  func fieldThrows(subject: Subject) throws {
    let refuse: TestField<Double>.Function = { u, point in
      guard point.step < 2 else { throw Refusal() }
      return u
    }
    let grid = try TimeGrid(steps: 4, size: 0.1)
    #expect(throws: Refusal.self) {
      try integrate(
        [1, 2], field: TestField(refuse, derivative: refuse), scheme: subject.scheme, grid: grid)
    }
  }

  @Test("Every scheme says what it is, and names are unique")
  func descriptions() {
    for scheme in SchemeCatalog.all {
      let texts = [scheme.name, scheme.title, scheme.updateEquation, scheme.source]
      #expect(!texts.contains(""), "\(scheme.name)")
    }
    #expect(Set(SchemeCatalog.names).count == SchemeCatalog.all.count)
  }

  /// The state after ``startingSteps`` steps from time 2.
  private func started(
    _ scheme: any Scheme, _ field: TestField<Double>, size h: Double
  ) throws -> SchemeState<[Double]> {
    var state = try scheme.initialState([1, 0.5], time: 2)
    for _ in 0..<startingSteps { state = try scheme.step(state, size: h, field: field) }
    return state
  }
}

private struct Refusal: Error {}
