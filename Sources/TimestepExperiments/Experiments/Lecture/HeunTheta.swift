import TimeStepping
import TimestepDiagnostics
import TimestepNetworks

/// `lecture/heun-theta`: which order a scheme has, and where in time it takes its weights.
struct HeunTheta: Experiment {
  let id = "lecture/heun-theta"
  let title = "order of Heun and RK4 by where in time their weights stand"
  let source = "\(Lecture.source), \"Multistep Methods\""
  let assumptions = [
    "The slide's Heun takes theta_l and theta_{l+1}; the ODE is that of lecture/euler-ode, with weights "
      + "that are smooth in time.",
    "RK4 at half steps: the mean of its neighbours, or weights of its own (Meganet.m).",
  ]

  private struct Case {
    let name: String
    let scheme: any Scheme
    let weights: any WeightsInTime
    let order: Double
  }

  private let cases = [
    Case(name: "Euler, theta_l", scheme: ForwardEuler(), weights: PerStepWeights(), order: 1),
    Case(
      name: "Heun, theta_l twice", scheme: RungeKutta.heun, weights: PerStepWeights(), order: 1),
    Case(
      name: "Heun, theta_l and theta_{l+1}", scheme: RungeKutta.heun, weights: NodalWeights(),
      order: 2),
    Case(
      name: "RK4, theta_l four times", scheme: RungeKutta.rk4, weights: PerStepWeights(), order: 1),
    Case(
      name: "RK4, means at half steps", scheme: RungeKutta.rk4, weights: NodalWeights(), order: 2),
    Case(
      name: "RK4, weights at half steps", scheme: RungeKutta.rk4, weights: IndependentWeights(),
      order: 4),
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let counts = (2...7).map { 1 << $0 }
    let flow = try TanhFlow(seed: context.seed)
    let exact = try flow.solution()
    var errors = DiagnosticTable(
      "heun-theta", "Errors at T = 2", source: source,
      columns: [
        .text("case", "scheme and weights"), .integer("steps", "steps N"),
        .number("h", "step size h"), .number("error", "|Y_N - Y(T)| / |Y(T)|"),
      ])
    var orders = DiagnosticTable(
      "heun-theta-orders", "Orders", source: source,
      columns: [
        .text("case", "scheme and weights"), .integer("sets", "sets of weights for N = 8"),
        .number("expected", "expected order"), .number("observed", "observed order"),
      ])
    var claims: [Claim] = []
    for one in cases {
      let found = try flow.errors(one.scheme, one.weights, steps: counts, from: exact)
      for (steps, error) in zip(counts, found) {
        try errors.append([
          .text(one.name), .integer(steps), .number(TanhFlow.time / Double(steps)), .number(error),
        ])
      }
      let order = ConvergenceOrders.observedOrder(found)
      try orders.append([
        .text(one.name), .integer(one.weights.plan(one.scheme, steps: 0..<8).sets.count),
        .number(one.order), .number(order),
      ])
      claims.append(
        Claim(
          "\(one.name): order \(Int(one.order))", order.map { abs($0 - one.order) < 0.15 } ?? false,
          Lecture.orderText(order, expected: one.order)))
    }
    return ExperimentResult(
      tables: [orders, errors],
      plots: [
        Plot(
          "heun-theta", "A scheme has its order only with weights at its own times",
          subtitle: ["u' = tanh(K(t) u + b(t)), weights smooth in time"],
          layers: [
            .init(
              .line(points: true), of: errors.name, x: .column("h", scale: .log),
              y: .column("error", scale: .log), color: .column("case"))
          ])
      ], claims: claims)
  }
}
