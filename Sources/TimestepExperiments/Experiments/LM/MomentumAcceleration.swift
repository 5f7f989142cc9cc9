import TimestepDiagnostics

/// `lm/acceleration`: steps to the minimum of a quadratic, over k.
struct MomentumAcceleration: Experiment {
  let id = "lm/acceleration"
  let title = "steps to the minimum of a quadratic against k"
  let source = "\(LM.source), section 3"
  let assumptions = [
    "20 curvatures from 1 to 100; the same step for all k, half of forward Euler's limit; from rest."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let figures = try Acceleration().measure(DiagnosticContext("LM"))
    let steps = figures.tables[0].numbers("steps")
    let ks = figures.tables[0].numbers("k")
    return ExperimentResult(
      figures,
      claims: [
        Claim(
          "For k < 0 the term u'' is larger and the flow reaches the minimum in fewer steps",
          steps.dropFirst().allSatisfy { $0 < steps[0] },
          zip(ks, steps).map { "k = \($0.brief): \($1.isFinite ? "\(Int($1))" : "too many") steps" }
            .joined(separator: ", "))
      ])
  }
}
