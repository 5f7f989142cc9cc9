import ComplexModule
import RealModule
import Testing
import TimeStepping

/// The stability limits that each scheme declares, against a scan of |R|.
@Suite struct StabilityLimitTests {
  /// Rounding in |R|. Heun grows by y^4/8 along the imaginary axis, 1e-13 at y = 0.001: a larger
  /// tolerance would not see to 0.001 that its limit is 0.
  private let tolerance = 2e-14

  @Test("Limit on the negative real axis", arguments: Subject.all)
  func realAxis(subject: Subject) {
    let measured = scan(subject.scheme) { Complex(-$0, 0) }
    #expect(agree(subject.scheme.realStabilityLimit, measured))
  }

  @Test("Limit on the imaginary axis", arguments: Subject.all)
  func imaginaryAxis(subject: Subject) {
    let upper = scan(subject.scheme) { Complex(0, $0) }
    let lower = scan(subject.scheme) { Complex(0, -$0) }
    #expect(agree(subject.scheme.imaginaryStabilityLimit, min(upper, lower)))
  }

  @Test(
    "Limits of the specification's table",
    arguments: [
      ("euler", 2, 0), ("euler-post", 2, 0), ("plain", 1, 1), ("heun", 2, 0),
      ("rk3", 2.5127453266, 3.0.squareRoot()), ("rk4", 2.7852935634, 8.0.squareRoot()),
      ("poly-2", 1, 1), ("poly-3", 1.3532099642, 1.2720196495), ("fractal-2", 2, 0),
      ("lm", 2.1, 0), ("lm:k=0.5", 1, 0), ("lm:k=-1", 4, 0), ("lm:k=1", 0, 2),
      ("lm:k=1,consistent=yes", 0, 1), ("midpoint", 0, 1), ("verlet", 0, 2), ("rev", 0, 2),
      ("hamiltonian", 0, 2), ("hamiltonian-2", 0, 2), ("ab2", 1, 0),
      ("linearly-implicit", .infinity, .infinity), ("diffusion-implicit", 2, 0),
      ("implicit-parabolic", .infinity, .infinity),
    ])
  func published(name: String, real: Double, imaginary: Double) throws {
    let scheme = try SchemeCatalog.scheme(named: name)
    for (declared, published) in [
      (scheme.realStabilityLimit, real), (scheme.imaginaryStabilityLimit, imaginary),
    ] {
      #expect(declared == published || abs(declared - published) < 1e-9)
    }
  }

  @Test("A polynomial that never grows on an axis has no limit there")
  func noLimit() {
    let constant = StabilityPolynomial(coefficients: [1])
    #expect(constant.realLimit == .infinity)
    #expect(constant.imaginaryLimit == .infinity)
  }

  @Test("The first excursion above 1 counts, even if |R| comes back below")
  func firstExcursion() {
    // R(-x) - 1 = -x (x - 2) (x - 4) / 8: |R| exceeds 1 between 2 and 4, and not just after 4.
    let polynomial = StabilityPolynomial(coefficients: [1, 1, 0.75, 0.125])
    #expect(abs(polynomial.realLimit - 2) < 1e-12)
    #expect(agree(polynomial.realLimit, scan(polynomial.callAsFunction) { Complex(-$0, 0) }))
  }

  @Test("Rounding in a coefficient does not make a stable scheme unstable")
  func rounding() {
    // |R(iy)|^2 = 1 + (1 - 2 r_2) y^2 + ...: one bit in r_2 = 1/2 would decide the sign near 0.
    let polynomial = StabilityPolynomial(coefficients: [1, 1, 0.5.nextDown, 1.0 / 6])
    #expect(abs(polynomial.imaginaryLimit - 3.0.squareRoot()) < 1e-12)
  }

  private func scan(_ scheme: any Scheme, axis: (Double) -> Complex<Double>) -> Double {
    scan(scheme.amplificationFactor, axis: axis)
  }

  /// The last of the points 0.0005, 0.001, ... up to 30 before |R| exceeds 1; infinite if none
  /// does.
  private func scan(
    _ factor: (Complex<Double>) -> Complex<Double>, axis: (Double) -> Complex<Double>
  ) -> Double {
    for index in 1...60_000 where factor(axis(Double(index) * 5e-4)).length > 1 + tolerance {
      return Double(index - 1) * 5e-4
    }
    return .infinity
  }

  private func agree(_ declared: Double, _ measured: Double) -> Bool {
    declared == measured || abs(declared - measured) <= 1e-3
  }
}
