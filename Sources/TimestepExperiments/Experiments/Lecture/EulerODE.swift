import TimeStepping
import TimestepDiagnostics
import TimestepNetworks

/// `lecture/euler-ode`: a residual network is forward Euler, and its output tends to the solution of an ODE as h.
struct EulerODE: Experiment {
  let id = "lecture/euler-ode"
  let title = "output of a residual network against the solution of its ODE, by step size"
  let source = "\(Lecture.source), \"Why are ResNets more stable? A small change\""
  let assumptions = [
    "The slide has no numbers: K(t) = K_1 cos t + K_2 sin t and b(t) alike, random, 8 numbers in the "
      + "state, tanh, T = 2, 20 examples, float64.",
    "The accurate solution is RK4 with 1024 steps and weights at every time that it evaluates.",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let counts = (2...context.scale.choose(smoke: 5, otherwise: 10)).map { 1 << $0 }
    let flow = try TanhFlow(seed: context.seed)
    let errors = try flow.errors(
      ForwardEuler(), PerStepWeights(), steps: counts, from: flow.solution())
    var table = DiagnosticTable(
      "euler-ode", "Error of the residual network at T = 2", source: source,
      columns: [
        .integer("steps", "layers N"), .number("h", "step size h"),
        .number("error", "|Y_N - Y(T)| / |Y(T)|"), .number("order", "slope from the row above"),
        .number("first", "error of order 1 through the last point"),
      ])
    for (index, (steps, error)) in zip(counts, errors).enumerated() {
      let slope = index == 0 ? nil : ConvergenceOrders.observedOrder([errors[index - 1], error])
      let share = Double(counts.last ?? 1) / Double(steps)
      try table.append([
        .integer(steps), .number(TanhFlow.time / Double(steps)), .number(error), .number(slope),
        .number((errors.last ?? 0) * share),
      ])
    }
    let paths = try self.paths(flow)
    let difference = try largestDifference(flow, steps: Array(counts.prefix(4)))
    let order = ConvergenceOrders.observedOrder(errors)
    return ExperimentResult(
      tables: [table, paths],
      plots: [
        Plot(
          "euler-ode", "A residual network converges to its ODE with order 1",
          subtitle: ["Y_{l+1} = Y_l + h tanh(K_l Y_l + b_l), h = 2 / N"],
          layers: [
            .init(
              .line(dashed: true), of: table.name, x: .column("h", scale: .log),
              y: .column("first", scale: .log), color: .datum("order 1")),
            .init(
              .line(points: true), of: table.name, x: .column("h", scale: .log),
              y: .column("error", scale: .log), color: .datum("residual network")),
          ]),
        Plot(
          "euler-ode-paths", "One number of the state from layer to layer",
          layers: [
            .init(
              .line(points: true), of: paths.name, filter: "datum.steps < 1000", x: .column("time"),
              y: .column("value"), color: .column("network")),
            .init(
              .line(dashed: true), of: paths.name, filter: "datum.steps == 1024",
              x: .column("time"), y: .column("value"), color: .column("network")),
          ]),
      ],
      claims: [
        Claim(
          "A residual network is forward Euler for the ODE", difference < 1e-12,
          "largest difference of network and formula \(difference.brief)"),
        context.claim(
          "Its output tends to the ODE's solution with order 1", order.map { abs($0 - 1) < 0.1 },
          Lecture.orderText(order, expected: 1)),
      ])
  }

  /// The first number of the first example over time, for few layers and for many.
  private func paths(_ flow: TanhFlow) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "euler-ode-paths", "First number of the state of the first example", source: source,
      columns: [
        .text("network", "layers"), .integer("steps", "layers N"), .number("time", "time t"),
        .number("value", "first number of Y(t)"),
      ])
    for steps in [4, 8, 32, 1024] {
      let network = try flow.network(ForwardEuler(), PerStepWeights(), steps: steps)
      let states = try flow.states(of: network)
      for (step, state) in states.enumerated() where step % max(1, steps / 64) == 0 {
        try table.append([
          .text("N = \(steps)"), .integer(steps),
          .number(TanhFlow.time * Double(step) / Double(steps)),
          .number(state.selected(0).selected(0).scalar()),
        ])
      }
    }
    return table
  }

  private func largestDifference(_ flow: TanhFlow, steps: [Int]) throws -> Double {
    try steps.map { count in
      let network = try flow.network(ForwardEuler(), PerStepWeights(), steps: count)
      let mine = try flow.output(of: network).selected(0).scalars(Double.self)
      let other = try flow.eulerByHand(steps: count)
      return zip(mine, other).map { abs($0 - $1) }.max() ?? .infinity
    }.max() ?? .infinity
  }
}
