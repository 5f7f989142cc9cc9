import TimestepDiagnostics

/// `lm/modified-eq`: schemes against the equation that they approximate and the one that they approximate better.
struct ModifiedEquations: Experiment {
  let id = "lm/modified-eq"
  let title = "errors against original and modified equations"
  let source = "\(LM.source), section 3, equations 2 and 3"
  let assumptions = [
    "The source prints r = 2 dt/dx and r^2 - 1, the sign of u_t + c u_x = 0; here r = c dt/dx and 1 - r^2 for "
      + "u_t = c u_x, which the expansion of the amplification factors gives.",
    "The history of LM at -h is on the solution of the equation that it is compared with.",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let ordinary = try ModifiedEquation().measure(DiagnosticContext("LM"))
    var transport = TransportEquation()
    transport.cells = context.scale.choose(smoke: 32, otherwise: 512)
    let partial = try transport.measure(DiagnosticContext("transport"))
    var claims: [Claim] = []
    for (equation, order) in [("original", 1.0), ("modified", 2.0)] {
      let found = ordinary.tables[0].rows.filter { $0[1] == .text(equation) }
        .compactMap { $0[2].number }
      claims.append(
        Claim(
          "Forward Euler and LM are of order \(Int(order)) against their \(equation) equation",
          found.allSatisfy { abs($0 - order) < 0.1 },
          "orders \((found.min() ?? .nan).brief) to \((found.max() ?? .nan).brief)"))
    }
    for scheme in TransportEquation.Scheme.allCases {
      func last(_ equation: String) -> (error: Double, order: Double) {
        let row = partial.tables[0].rows.last {
          $0[0] == .text(scheme.rawValue) && $0[1] == .text(equation)
        }
        return (row?[4].number ?? .nan, row?[5].number ?? .nan)
      }
      let (original, modified) = (last("original"), last("modified"))
      let what = scheme == .laxFriedrichs ? "diffusion" : "dispersion"
      let isShown = modified.error < original.error / 2 && modified.order > original.order + 0.5
      claims.append(
        Claim(
          "\(scheme.rawValue)'s error is the \(what) of its modified equation, up to a higher order",
          context.scale == .smoke ? nil : isShown,
          "\(transport.cells) cells: error \(original.error.brief) (order \(original.order.brief)) "
            + "against the original, \(modified.error.brief) (order \(modified.order.brief)) against the modified one"
        ))
    }
    return ExperimentResult(
      tables: ordinary.tables + partial.tables, plots: ordinary.plots + partial.plots,
      summary: ordinary.summary + partial.summary, claims: claims)
  }
}
