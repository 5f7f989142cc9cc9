import RealModule
import Testing
import TimeStepping

/// Weights that depend on time: which of them a step uses decides the order.
@Suite struct WeightsInTimeTests {
  @Test("Heun is of order 2 with theta_{l+1} in its second stage, of order 1 with theta_l there")
  func frozenWeights() throws {
    // u' = theta(t) u with theta = cos 3t; the network holds theta_l = theta(t_l), l = 0 ... N.
    let exact = Double.exp(.sin(3) / 3)
    func error(steps: Int, position: (EvaluationPoint) -> Int) throws -> Double {
      let grid = try TimeGrid(from: 0, to: 1, steps: steps)
      let weights = grid.times.map { Double.cos(3 * $0) }
      return try withoutActuallyEscaping(position) { position in
        let field = ClosureField<Double> { u, point in weights[position(point)] * u }
        return abs(try integrate(1, field: field, scheme: RungeKutta.heun, grid: grid) - exact)
      }
    }
    func order(position: (EvaluationPoint) -> Int) throws -> Double {
      try .log2(error(steps: 128, position: position) / error(steps: 256, position: position))
    }
    #expect(abs(try order { Int($0.weightPosition) } - 2) < 0.1)
    #expect(abs(try order { $0.step } - 1) < 0.1)
  }

  @Test(
    "N steps need N sets of weights for Euler, N + 1 for Heun, 2N + 1 for RK3 and RK4",
    arguments: [
      ("euler", 5), ("heun", 6), ("fractal-2", 6), ("rk3", 11), ("rk4", 11),
      ("backward-euler", 5), ("linearly-implicit", 5),
    ])
  func weightSets(name: String, count: Int) throws {
    #expect(try SchemeCatalog.scheme(named: name).weightPositions(steps: 5).count == count)
  }

  @Test("The weight positions are those at which the field is evaluated", arguments: Subject.all)
  func positions(subject: Subject) throws {
    let field = TestField(linear: 0.5)
    _ = try integrate(
      [1, 0.5], field: field, scheme: subject.scheme, grid: TimeGrid(steps: 4, size: 0.1))
    let evaluated = Set(field.points.map(\.weightPosition)).sorted()
    #expect(evaluated == subject.scheme.weightPositions(steps: 4))
    #expect(subject.scheme.weightPositions(steps: 0).isEmpty)
  }
}
