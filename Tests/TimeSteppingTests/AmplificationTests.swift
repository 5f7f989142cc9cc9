import ComplexModule
import RealModule
import Testing
import TimeStepping

/// The growth on the test equation of each scheme, declared against measured.
@Suite struct AmplificationTests {
  @Test("R(z) is the growth of one step on the test equation", arguments: Subject.all)
  func growthOfOneStep(subject: Subject) throws {
    let scheme = subject.scheme
    var generator = SeededGenerator(seed: 3)
    var measurements = 0
    for _ in 0..<50 {
      let z = Complex(
        Double.random(in: -3...1, using: &generator), .random(in: -3...3, using: &generator))
      guard let measured = try measuredGrowth(scheme, z) else { continue }
      measurements += 1
      let declared = scheme.amplificationFactor(z)
      let tolerance = scheme.statesCarried == 1 ? 1e-12 : 1e-9
      #expect(
        (declared - measured).length <= tolerance * max(1, measured.length),
        "z = \(z): declared \(declared), measured \(measured)")
    }
    #expect(measurements >= 30)
  }

  @Test(
    "h = 0 is the identity, unless no equation is approximated",
    arguments: Subject.all.filter { $0.scheme.order != nil })
  func zeroStep(subject: Subject) throws {
    let u0 = [0.1, -0.7, 3, 0.4]
    let end = try integrate(
      u0, field: Problem.nonlinear(subject.scheme).field, scheme: subject.scheme,
      grid: TimeGrid(steps: 4, size: 0, start: 0.5))
    for (u, u0) in zip(end, u0) { #expect(abs(u - u0) <= 1e-15 * abs(u0)) }
    #expect((subject.scheme.amplificationFactor(0) - 1).length <= 1e-15)
  }

  @Test(
    "R(z) agrees with the solution exp(z/s) to the declared order at least",
    arguments: Subject.all.filter { $0.scheme.order != nil })
  func agreesWithExponential(subject: Subject) throws {
    let order = Double(try #require(subject.scheme.order))
    let errors = [0.02, 0.01].map { size in
      let z = Complex(length: size, phase: 0.8)
      let exact: Complex<Double> = .exp(z.divided(by: subject.scheme.timeScale))
      return (subject.scheme.amplificationFactor(z) - exact).length
    }
    #expect(Double.log2(errors[0] / errors[1]) > order + 1 - 0.1)
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

  @Test("Implicit diffusion: R and the real limit for L other than 0", arguments: [0, 0.5, 7])
  func diffusion(stiffness: Double) throws {
    let scheme = DiffusionImplicit()
    let z = Complex(-1.3, 0.4)
    let field = TestField(linear: z)
    field.stiffness = stiffness
    let measured = try integrate(
      [1], field: field, scheme: scheme, grid: TimeGrid(steps: 1, size: 1))[0]
    #expect((scheme.amplificationFactor(z, stiffness: stiffness) - measured).length < 1e-15)
    let limit = Complex(-scheme.realStabilityLimit(stiffness: stiffness))
    #expect((scheme.amplificationFactor(limit, stiffness: stiffness) + 1).length < 1e-15)
  }

  /// The factor that one step of size 1 multiplies a solution of the scheme's test equation by, in
  /// the long run; nil if it cannot be measured since two such factors are nearly equal.
  private func measuredGrowth(_ scheme: any Scheme, _ z: Complex<Double>) throws -> Complex<Double>?
  {
    let field = TestField(linear: scheme.equation == .secondOrder ? z * z : z)
    switch scheme.statesCarried {
    case 1:
      let u0 = Complex<Double>(0.6, -0.8)
      return try integrate([u0], field: field, scheme: scheme, grid: TimeGrid(steps: 1, size: 1))[
        0] / u0
    case 2:
      return try largestEigenvalue(scheme, field)
    case nil:
      return try longRunGrowth(scheme, field)
    case let states?:
      throw UnmeasuredScheme(states: states)
    }
  }

  /// The eigenvalue of largest modulus of the matrix of a step, by which the two vectors that are
  /// carried follow from the two before.
  private func largestEigenvalue(
    _ scheme: any Scheme, _ field: TestField<Complex<Double>>
  ) throws -> Complex<Double> {
    func column(_ current: Complex<Double>, _ other: Complex<Double>) throws -> [Complex<Double>] {
      let state = SchemeState(current: [current], history: [[other]], step: 5, time: 5)
      let next = try scheme.step(state, size: 1, field: field)
      return [next.current[0], next.history[0][0]]
    }
    let (first, second) = (try column(1, 0), try column(0, 1))
    let halfTrace = (first[0] + second[1]).multiplied(by: 0.5)
    let determinant = first[0] * second[1] - first[1] * second[0]
    let root: Complex<Double> = .sqrt(halfTrace * halfTrace - determinant)
    let roots = [halfTrace + root, halfTrace - root]
    return roots[0].length >= roots[1].length ? roots[0] : roots[1]
  }

  /// The last of 200 ratios of successive states, each rescaled to its size; nil unless they have
  /// settled.
  private func longRunGrowth(
    _ scheme: any Scheme, _ field: TestField<Complex<Double>>
  ) throws -> Complex<Double>? {
    var state = try scheme.initialState([Complex<Double>(0.6, -0.8)], time: 0)
    var ratios: [Complex<Double>] = []
    for _ in 0..<200 {
      let next = try scheme.step(state, size: 1, field: field)
      ratios.append(next.current[0] / state.current[0])
      state = next
      let scale = 1 / state.current[0].length
      state.current = try state.current.scaled(by: scale)
      state.history = try state.history.map { try $0.scaled(by: scale) }
    }
    return (ratios[199] - ratios[180]).length < 1e-11 ? ratios[199] : nil
  }
}

/// A scheme carries more states than this test knows how to measure the growth of: extend it.
private struct UnmeasuredScheme: Error {
  let states: Int
}
