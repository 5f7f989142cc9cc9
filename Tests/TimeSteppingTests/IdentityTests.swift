import ComplexModule
import RealModule
import Testing
import TimeStepping

/// Schemes that are other schemes with certain arguments or for certain fields.
@Suite struct IdentityTests {
  /// A field with time in it, and with one function for both branches.
  private let forced = Problem.forced

  @Test("The FractalNet block is Heun's scheme")
  func fractal() throws {
    try check("fractal-2", "heun")
  }

  @Test("A FractalNet of one column is the plain network, of two (h f0 + h f2(h f1)) / 2")
  func fractalColumns() throws {
    try check("fractal:columns=1", "plain")
    let field = TestField<Double>(
      { u, point in Double(point.branch + 2) * u + 1 }, derivative: { _, _ in 0 })
    let end = try integrate(
      [1], field: field, scheme: FractalExpansion(columns: 2), grid: TimeGrid(steps: 1, size: 0.1))
    let (f0, inner) = (0.1 * (2 * 1 + 1), 0.1 * (3 * 1 + 1))
    #expect(abs(end[0] - (f0 + 0.1 * (4 * inner + 1)) / 2) < 1e-15)
  }

  @Test(
    "No weight of the past, no implicit share, no activation: forward Euler",
    arguments: ["lm:k=0", "linearly-implicit:q=0", "dense-multistep:decay=0", "euler-post"])
  func euler(text: String) throws {
    try check(text, "euler")
  }

  @Test("Without an operator L, implicit diffusion is forward Euler")
  func diffusion() throws {
    let field = forced.field
    field.stiffness = 0
    try check("diffusion-implicit", "euler", field: field)
  }

  @Test("Linear multistep with k = 1 is midpoint with half the step, and midpoint if consistent")
  func midpoint() throws {
    try check("lm:k=1,consistent=yes", "midpoint")
    let states = SchemeState(current: [0.8], history: [[0.7]])
    let field = Problem.linear(Midpoint()).field
    var (lm, midpoint) = (states, states)
    for _ in 0..<20 {
      lm = try LinearMultistep(k: .constant(1)).step(lm, size: 0.2, field: field)
      midpoint = try Midpoint().step(midpoint, size: 0.1, field: field)
      #expect(abs(lm.current[0] - midpoint.current[0]) < 1e-14)
    }
  }

  @Test("Linear multistep with k = -1 is leapfrog, with h f for h^2 f")
  func leapfrog() throws {
    let field = Problem.linear(Midpoint()).field
    let lm = try trajectory(
      [1], field: field, scheme: LinearMultistep(k: .constant(-1)),
      grid: TimeGrid(steps: 30, size: 0.04))
    let leapfrog = try trajectory(
      [1], field: field, scheme: SecondOrderLeapfrog.leapfrog, grid: TimeGrid(steps: 30, size: 0.2))
    #expect(lm.count == 31)
    for (x, y) in zip(lm, leapfrog) { #expect(abs(x[0] - y[0]) < 1e-13) }
  }

  @Test("Trained coefficients that are all the same are the constant one")
  func trained() throws {
    for consistent in ["no", "yes"] {
      let field = forced.field
      field.coefficients["k"] = [-0.3, -0.3]
      try check(
        "lm:k=trained,consistent=\(consistent)", "lm:k=-0.3,consistent=\(consistent)", field: field,
        reference: forced.field)
    }
    let field = forced.field
    for index in 0...9 {
      field.coefficients["k\(index)"] = .init(repeating: -.pow(0.5, 9 - index), count: 2)
    }
    try check("dense-multistep:decay=trained", "dense-multistep", field: field)
    try check(
      "dense-multistep:decay=trained", "dense-multistep", field: forced.field)
  }

  @Test("PolyNet and backward Euler by as many iterations agree on a linear field")
  func poly() throws {
    let field = TestField(linear: -0.8)
    try check("poly-2", "backward-euler:iterations=2", field: field)
    try check("poly-3", "backward-euler:iterations=3", field: field)
    try check("mpoly-2", "poly-2", field: field)
    let end = try integrate(
      [1], field: field, scheme: PolyNet.poly2, grid: TimeGrid(steps: 1, size: 0.5))
    #expect(abs(end[0] - (1 - 0.4 + 0.16)) < 1e-15)
  }

  @Test("The implicit parabolic step is the linearised backward Euler step on a linear field")
  func parabolic() throws {
    try check("implicit-parabolic", "linearly-implicit:q=1", field: TestField(linear: -3))
  }

  @Test("Backward Euler's iteration ends at the implicit solution for small steps, and only there")
  func backwardEuler() throws {
    let field = forced.field
    let end = try integrate(
      [1], field: field, scheme: BackwardEuler(iterations: 50), grid: TimeGrid(steps: 1, size: 0.3))
    #expect(abs(end[0] - 0.3 * (.sin(end[0]) + 0.3) - 1) < 1e-14)
    let exact: Complex<Double> = 1 / (1 - Complex(-0.9))
    #expect(
      (BackwardEuler(iterations: 50).amplificationFactor(Complex(-0.9)) - exact).length < 1e-2)
    #expect(BackwardEuler(iterations: 50).amplificationFactor(Complex(-1.5)).length > 1e6)
  }

  @Test(
    "Limits of implicit schemes: R -> -(1 - q)/q at infinity, |R| = 1 on the imaginary axis for q = 1/2"
  )
  func implicitLimits() {
    let far = Complex<Double>(-1e9)
    for q in [0.5, 0.75, 1] {
      let scheme = LinearlyImplicit(q: q)
      #expect((scheme.amplificationFactor(far) - Complex(-(1 - q) / q)).length < 1e-8)
    }
    for y in [0.1, 1, 100] {
      #expect(abs(LinearlyImplicit().amplificationFactor(Complex(0, y)).length - 1) < 1e-15)
    }
    #expect(ImplicitParabolic().amplificationFactor(far).length < 1e-8)
  }

  /// Compares ten steps of 0.1 from two states.
  private func check(
    _ first: String, _ second: String, field: TestField<Double>? = nil,
    reference: TestField<Double>? = nil
  ) throws {
    func states(_ text: String, _ field: TestField<Double>) throws -> [[Double]] {
      try trajectory(
        [1, 0.4], field: field, scheme: SchemeCatalog.scheme(named: text),
        grid: TimeGrid(steps: 10, size: 0.1))
    }
    let field = field ?? forced.field
    for (x, y) in zip(try states(first, field), try states(second, reference ?? field)) {
      for (x, y) in zip(x, y) { #expect(abs(x - y) <= 1e-14 * max(1, abs(y))) }
    }
  }
}
