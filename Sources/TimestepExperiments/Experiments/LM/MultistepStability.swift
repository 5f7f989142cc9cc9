import TimestepDiagnostics

/// `lm/stability`: where the linear multistep scheme is stable, over k and z.
struct MultistepStability: Experiment {
  let id = "lm/stability"
  let title = "stability border of the linear multistep scheme"
  let source = "\(LM.source), section 3"
  let assumptions = [
    "The source states stability for -1 <= k <= 1; on u' = lambda u that is -2(1 - k) < z < 0 for real z = h lambda."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = MultistepBorder()
    diagnostic.cells = context.scale.choose(smoke: 20, reduced: 100, full: 200)
    let figures = try diagnostic.measure(DiagnosticContext("LM"))
    let borders = figures.tables[0]
    let (ks, measured) = (borders.numbers("k"), borders.numbers("measured"))
    let wrong = zip(ks, measured).filter { abs($1 + 2 * (1 - $0)) > 0.02 * (1 - $0) + 1e-9 }
    func border(_ k: Double) -> Double {
      zip(ks, measured).first { abs($0.0 - k) < 1e-9 }.map { -$0.1 } ?? .nan
    }
    let imaginary = borders.numbers("imaginary")
    let inside = zip(ks, imaginary).filter { abs($0.0) < 1 }.map(\.1)
    let atOne = zip(ks, imaginary).first { $0.0 == 1 }?.1 ?? .nan
    return ExperimentResult(
      figures,
      claims: [
        Claim(
          "For real z the scheme is stable on [-2(1 - k), 0], |k| <= 1", wrong.isEmpty,
          "\(ks.count - wrong.count) of \(ks.count) borders within 1 %"),
        Claim(
          "A negative k enlarges the border of forward Euler, up to twice of it at k = -1 (Verlet)",
          abs(border(0) - 2) < 0.02 && abs(border(-0.05) - 2.1) < 0.021
            && abs(border(-1) - 4) < 0.04,
          "2 became \(border(0).brief) at k = 0, \(border(-0.05).brief) at -0.05, "
            + "\(border(-1).brief) at -1"),
        Claim(
          "On the imaginary axis it is unstable for every |k| < 1, and stable up to |z| = 2 for k = 1",
          inside.allSatisfy { $0 < 0.01 } && abs(atOne - 2) < 0.02,
          "largest limit for |k| < 1: \((inside.max() ?? .nan).brief), for k = 1: \(atOne.brief)"),
      ])
  }
}
