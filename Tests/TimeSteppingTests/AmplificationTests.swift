import ComplexModule
import RealModule
import Testing
import TimeStepping

/// The growth on the test equation u' = lambda u, declared against measured.
@Suite struct AmplificationTests {
  @Test("R(z) is the growth of one step on the test equation", arguments: Subject.all)
  func growthOfOneStep(subject: Subject) throws {
    let scheme = subject.scheme
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let z = Complex(
        Double.random(in: -3...1, using: &generator), .random(in: -3...3, using: &generator))
      let measured = try measuredGrowth(scheme, z)
      let declared = scheme.amplificationFactor(z)
      let tolerance = scheme.statesCarried == 1 ? 1e-12 : 1e-9
      #expect(
        (declared - measured).length <= tolerance * max(1, measured.length),
        "z = \(z): declared \(declared), measured \(measured)")
    }
  }

  @Test("h = 0 is the identity", arguments: Subject.all)
  func zeroStep(subject: Subject) throws {
    let grid = try TimeGrid(steps: 4, size: 0, start: 0.5)
    let field = ClosureField<SIMD2<Double>> { u, point in SIMD2(u.y + point.time, 3 - u.x) }
    let u0 = SIMD2(0.1, -0.7)
    #expect(try integrate(u0, field: field, scheme: subject.scheme, grid: grid) == u0)
    #expect((subject.scheme.amplificationFactor(0) - 1).length == 0)
  }

  @Test("R(z) agrees with exp(z) to the declared order, and no further", arguments: Subject.all)
  func agreesWithExponential(subject: Subject) {
    let order = Double(subject.scheme.order ?? 0)
    let errors = [0.02, 0.01].map { size in
      let z = Complex(length: size, phase: 0.8)
      return (subject.scheme.amplificationFactor(z) - .exp(z)).length
    }
    #expect(abs(Double.log2(errors[0] / errors[1]) - (order + 1)) < 0.1)
  }

  @Test("Forward Euler on x' = -2.3 x gives (1 - 2.3 h)^n, as in Robust ResNet, figure 1")
  func robustResNetFigure() throws {
    let field = ClosureField<Double> { u, _ in -2.3 * u }
    for h in [1.0, 0.7, 0.1] {
      let states = try trajectory(
        1, field: field, scheme: ForwardEuler(), grid: TimeGrid(steps: 30, size: h))
      #expect(states.count == 31)
      for (n, state) in states.enumerated() {
        let exact = Double.pow(1 - 2.3 * h, n)
        #expect(abs(state - exact) <= 1e-13 * abs(exact))
      }
    }
  }

  /// The factor that one step multiplies a solution of u' = z u by, at h = 1.
  ///
  /// With two states, the newest ones obey u_{n+2} = p u_{n+1} + q u_n; p and q follow from four
  /// successive ones, and the growth is the root of x^2 = p x + q of largest modulus.
  private func measuredGrowth(_ scheme: any Scheme, _ z: Complex<Double>) throws -> Complex<Double>
  {
    let u = try trajectory(
      Complex<Double>(0.6, -0.8), field: ClosureField { u, _ in z * u }, scheme: scheme,
      grid: TimeGrid(steps: 4, size: 1))
    let states = scheme.statesCarried ?? 0
    switch states {
    case 1:
      return u[1] / u[0]
    case 2:
      let determinant = u[2] * u[2] - u[1] * u[3]
      let p = (u[2] * u[3] - u[1] * u[4]) / determinant
      let q = (u[2] * u[4] - u[3] * u[3]) / determinant
      let root: Complex<Double> = .sqrt(p * p + q.multiplied(by: 4))
      let roots = [(p + root).multiplied(by: 0.5), (p - root).multiplied(by: 0.5)]
      return roots[0].length >= roots[1].length ? roots[0] : roots[1]
    default:
      throw UnmeasuredScheme(states: states)
    }
  }
}

/// A scheme carries more states than this test knows how to measure the growth of: extend it.
private struct UnmeasuredScheme: Error {
  let states: Int
}
