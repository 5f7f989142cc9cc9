import Testing
import TimeStepping

/// Time grids, good and bad, and the observer that walks along one.
@Suite struct TimeGridTests {
  @Test("Times of equal steps, of given steps and between two times")
  func times() throws {
    let equal = try TimeGrid(steps: 3, size: 0.5, start: 1)
    #expect(equal.times == [1, 1.5, 2, 2.5])
    #expect(equal.sizes == [0.5, 0.5, 0.5])
    #expect((equal.steps, equal.start, equal.end) == (3, 1, 2.5))
    #expect(try TimeGrid(sizes: [0.5, 0, -0.25], start: 1).times == [1, 1.5, 1.5, 1.25])
    #expect(try TimeGrid(from: -1, to: 1, steps: 4).sizes == [0.5, 0.5, 0.5, 0.5])
  }

  @Test("Times do not drift: the last of 1000 steps of 0.1 ends at 100")
  func noDrift() throws {
    let grid = try TimeGrid(steps: 1000, size: 0.1)
    var observed = 0.0
    _ = try integrate(
      1, field: ClosureField { u, _ in u }, scheme: ForwardEuler(), grid: grid
    ) { observed = $0.time }
    #expect(grid.end == 100)
    #expect(observed == 100)
  }

  @Test("Fewer than one step", arguments: [0, -1, .min])
  func noSteps(steps: Int) {
    let message = "a time grid needs at least 1 step, not \(steps)"
    #expect(refusal { try TimeGrid(steps: steps, size: 1) } == message)
    #expect(refusal { try TimeGrid(from: 0, to: 1, steps: steps) } == message)
  }

  @Test("An empty list of sizes")
  func noSizes() {
    #expect(refusal { try TimeGrid(sizes: []) } == "a time grid needs at least 1 step, not 0")
  }

  @Test("Sizes and times that are not finite")
  func notFinite() {
    #expect(
      refusal { try TimeGrid(steps: 2, size: .nan) }
        == "the size h of step 0 has to be finite, not nan")
    #expect(
      refusal { try TimeGrid(sizes: [1, .infinity]) }
        == "the size h of step 1 has to be finite, not inf")
    #expect(
      refusal { try TimeGrid(steps: 1, size: 1, start: .nan) }
        == "the time t_0 has to be finite, not nan")
    #expect(
      refusal { try TimeGrid(steps: 4, size: 1e308) } == "the time t_2 has to be finite, not inf")
    #expect(
      refusal { try TimeGrid(from: 0, to: .infinity, steps: 4) }
        == "the size h of step 0 has to be finite, not inf")
  }

  @Test("Steps of different sizes: Euler on u' = t is a left Riemann sum")
  func unequalSteps() throws {
    let grid = try TimeGrid(sizes: [0.5, 0.25, 1], start: 2)
    let states = try trajectory(
      0, field: ClosureField<Double> { _, point in point.time }, scheme: ForwardEuler(), grid: grid)
    #expect(states == [0, 1, 1.625, 4.375])
  }

  @Test("The observer sees every state, and its error ends the integration", arguments: Subject.all)
  func observer(subject: Subject) throws {
    struct Stop: Error {}
    let grid = try TimeGrid(steps: 4, size: 0.25, start: 1)
    let (u0, field) = ([1.0, 0.5], TestField(linear: 0.5))
    var seen: [(Int, Double)] = []
    let end = try integrate(u0, field: field, scheme: subject.scheme, grid: grid) {
      seen.append(($0.step, $0.time))
    }
    #expect(seen.map(\.0) == [0, 1, 2, 3, 4])
    #expect(seen.map(\.1) == grid.times)
    let states = try trajectory(u0, field: field, scheme: subject.scheme, grid: grid)
    #expect(states.first == u0)
    #expect(states.last == end)

    var steps = 0
    #expect(throws: Stop.self) {
      try integrate(u0, field: field, scheme: subject.scheme, grid: grid) {
        steps = $0.step
        if $0.step == 2 { throw Stop() }
      }
    }
    #expect(steps == 2)
  }

  private func refusal(_ make: () throws -> TimeGrid) -> String? {
    do {
      _ = try make()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
