import RealModule
import Testing
import TimeStepping

/// What a scheme does to quantities that the equation conserves.
@Suite struct EnergyTests {
  /// The energy `y^2 + z^2` of the oscillator with w = 1, relative to that at the start, smallest
  /// and largest, over 10^4 steps of size 1.
  private func oscillatorEnergy(
    _ scheme: any Scheme, _ start: [Double], field: ClosureField<[Double]>,
    energy: (SchemeState<[Double]>) -> Double
  ) throws -> ClosedRange<Double> {
    var range: ClosedRange<Double>?
    var first = 1.0
    _ = try integrate(start, field: field, scheme: scheme, grid: TimeGrid(steps: 10_000, size: 1)) {
      let value = energy($0)
      if range == nil { first = value }
      let old = range ?? 1...1
      range = min(old.lowerBound, value / first)...max(old.upperBound, value / first)
    }
    return try #require(range)
  }

  @Test(
    "At h w = 1 the energy stays bounded over 10^4 steps of the two-stream schemes",
    arguments: [SymplecticEuler.rev, .hamiltonian, .hamiltonian2])
  func bounded(scheme: SymplecticEuler) throws {
    let start = scheme.halvesState ? [1.0, 0.5] : [1.0]
    let field = ClosureField<[Double]> { u, point in
      try u.scaled(by: point.branch == 0 ? -1 : 1)
    }
    let energy = try oscillatorEnergy(scheme, start, field: field) { state in
      let (x, y) = (state.current[0], state.history[0][0])
      return x * x + y * y
    }
    #expect(energy.lowerBound > 0.2)
    #expect(energy.upperBound < 4)
  }

  @Test(
    "At h w = 1 leapfrog of the second order equation stays bounded too")
  func leapfrog() throws {
    let field = ClosureField<[Double]> { u, _ in try u.scaled(by: -1) }
    let energy = try oscillatorEnergy(SecondOrderLeapfrog.verlet, [1], field: field) {
      $0.current[0] * $0.current[0]
    }
    #expect(energy.upperBound < 1.5)
  }

  @Test("At h w = 1 forward Euler doubles the energy in every step")
  func euler() throws {
    let field = ClosureField<[Double]> { u, _ in [-u[1], u[0]] }
    let end = try integrate(
      [1, 0], field: field, scheme: ForwardEuler(), grid: TimeGrid(steps: 40, size: 1))
    #expect(end[0] * end[0] + end[1] * end[1] == 0x1p40)
  }

  @Test("Beyond h w = 2 the two-stream schemes diverge")
  func beyond() throws {
    let field = ClosureField<[Double]> { u, point in
      try u.scaled(by: point.branch == 0 ? -1 : 1)
    }
    let end = try integrate(
      [1, 0.5], field: field, scheme: SymplecticEuler.rev, grid: TimeGrid(steps: 200, size: 2.1))
    #expect(abs(end[0]) > 1e20)
  }

  @Test("H = sum log cosh(A y), conserved by y' = tanh(A y), grows in every step of forward Euler")
  func antisymmetric() throws {
    // The lecture's antisymmetric network, 16 components, T = 50 (specification, section 2.5).
    let size = 16
    var generator = SeededGenerator(seed: 1)
    let k = (0..<size * size).map { _ in Double.random(in: -0.5...0.5, using: &generator) }
    let a = (0..<size).map { i in (0..<size).map { j in k[i * size + j] - k[j * size + i] } }
    func product(_ y: [Double]) -> [Double] {
      a.map { row in zip(row, y).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    func energy(_ y: [Double]) -> Double { product(y).reduce(0) { $0 + .log(.cosh($1)) } }
    let field = ClosureField<[Double]> { y, _ in product(y).map { .tanh($0) } }
    let start = (0..<size).map { _ in Double.random(in: -1...1, using: &generator) }
    func energies(_ scheme: any Scheme, h: Double) throws -> [Double] {
      try trajectory(
        start, field: field, scheme: scheme, grid: TimeGrid(steps: Int((50 / h).rounded()), size: h)
      ).map(energy)
    }

    for h in [0.5, 0.1, 0.02] {
      let euler = try energies(ForwardEuler(), h: h)
      #expect(zip(euler, euler.dropFirst()).allSatisfy { $0 < $1 })
    }
    for scheme in [RungeKutta.heun, .rk3, .rk4] {
      let values = try energies(scheme, h: 0.02)
      #expect(values.allSatisfy { abs($0 / values[0] - 1) < 1e-2 })
      let euler = try energies(ForwardEuler(), h: 0.02)
      #expect(abs(values[values.count - 1] - values[0]) < 0.1 * (euler[euler.count - 1] - euler[0]))
    }
  }
}
