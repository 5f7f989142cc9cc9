import Testing
import TimeStepping

/// What each scheme says about its evaluations and its memory, against what it does.
@Suite struct DeclarationTests {
  /// Steps taken before measuring, so that a scheme with a history has started.
  private let startingSteps = 3

  @Test("Evaluations, nodes, steps and times are as declared", arguments: Subject.all)
  func evaluations(subject: Subject) throws {
    let (scheme, h) = (subject.scheme, 0.25)
    let field = RecordingField<Double> { u, point in point.time - u }
    var state = try scheme.initialState(1.0, time: 2)
    for _ in 0..<startingSteps { state = try scheme.step(state, size: h, field: field) }
    field.forget()
    let next = try scheme.step(state, size: h, field: field)

    #expect(field.points.count == scheme.evaluationsPerStep)
    #expect(Set(field.points.map(\.node)).sorted() == scheme.nodes)
    #expect(field.points.allSatisfy { $0.step == startingSteps })
    #expect(field.points.allSatisfy { $0.time == state.time + $0.node * h })
    #expect(state.time == 2 + Double(startingSteps) * h)
    #expect(next.step == startingSteps + 1)
    #expect(next.time == state.time + h)
  }

  @Test("The states carried are as declared", arguments: Subject.all)
  func states(subject: Subject) throws {
    let field = ClosureField<Double> { u, _ in -u }
    var state = try subject.scheme.initialState(1.0, time: 0)
    for _ in 0..<startingSteps { state = try subject.scheme.step(state, size: 0.1, field: field) }
    #expect(1 + state.history.count == subject.scheme.statesCarried)
  }

  @Test("A state of several components steps as each component alone", arguments: Subject.all)
  func components(subject: Subject) throws {
    let grid = try TimeGrid(steps: 5, size: 0.2)
    let f = { (u: Double) in u * (1 - u) }
    let u0 = [0.1, 0.5, 1.7]
    let together = try integrate(
      u0, field: ClosureField { u, _ in u.map(f) }, scheme: subject.scheme, grid: grid)
    let alone = try u0.map {
      try integrate($0, field: ClosureField { u, _ in f(u) }, scheme: subject.scheme, grid: grid)
    }
    #expect(together == alone)
    #expect(together != u0)
  }

  @Test("An error of the field reaches the caller", arguments: Subject.all)
  func fieldThrows(subject: Subject) throws {
    let field = ClosureField<Double> { u, point in
      guard point.step < 2 else { throw Refusal() }
      return u
    }
    let grid = try TimeGrid(steps: 4, size: 0.1)
    #expect(throws: Refusal.self) {
      try integrate(1, field: field, scheme: subject.scheme, grid: grid)
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
}

private struct Refusal: Error {}
