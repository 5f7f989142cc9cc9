import TimeStepping
import TimestepDiagnostics

/// `lecture/antisymmetric`: growth of the energy of u' = tanh((K - K^T - gamma I) u) by scheme and step size.
struct Antisymmetric: Experiment {
  let id = "lecture/antisymmetric"
  let title = "energy of the antisymmetric network by scheme, step size and damping"
  let source = "\(Lecture.source), \"Stability: A Non-Trivial Example\""
  let assumptions = [
    "The slides have no numbers: 16 numbers in the state, those of K normal with deviation 1/4, those of u(0) with 1, T = 50, "
      + "h = 0.5, 0.1, 0.02; tanh, no bias, float64.",
    "Measured is H(u) = sum log cosh((K - K^T) u), which the ODE without damping conserves; the norm is not conserved.",
    "\"Semi-implicit\", which the slides only name: (I - q h J) d = h f(u), u+ = u + d.",
    "Hamiltonian and leapfrog networks have no such H: their norm is followed.",
  ]
  private static let bounded = ["heun", "rk3", "rk4", "linearly-implicit:q=0.5"]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = AntisymmetricEnergy()
    diagnostic.dimension = context.scale.choose(smoke: 4, reduced: 16, full: 16)
    diagnostic.time = context.scale.choose(smoke: 5, reduced: 50, full: 50)
    var figures = DiagnosticResult(tables: [], plots: [])
    var growths: [DiagnosticTable] = []
    for (gamma, name) in [(0.0, "undamped"), (0.1, "damped")] {
      diagnostic.gamma = gamma
      var found = try diagnostic.measure(DiagnosticContext(id, seed: context.seed))
      growths.append(found.tables[0])
      for index in found.tables.indices { found.tables[index].name += "-\(name)" }
      for index in found.plots.indices {
        found.plots[index].name += "-\(name)"
        found.plots[index].title += gamma == 0 ? "" : ", with damping \(gamma)"
        for layer in found.plots[index].layers.indices {
          found.plots[index].layers[layer].table += "-\(name)"
        }
      }
      figures.tables += found.tables
      figures.plots += found.plots
    }
    let norms = try self.norms(diagnostic, context)
    figures.tables += [norms.course, norms.range]
    figures.plots.append(
      Plot(
        "norms", "Norm of networks that are stable in themselves, relative to its start",
        subtitle: ["Hamiltonian and leapfrog networks with one random K, tanh"],
        layers: [
          .init(
            .line(), of: norms.course.name, x: .column("time"),
            y: .column("norm", includesZero: true), color: .column("network"))
        ], facet: Plot.Facet("size", columns: 3), width: 260, height: 200))
    let system = try AntisymmetricSystem(
      dimension: diagnostic.dimension, kernelDeviation: diagnostic.deviation, seed: context.seed)
    return ExperimentResult(
      figures,
      claims: claims(context, growths[0], norms.range)
        + dampedClaim(context, growths[1], frequency: try system.largestFrequency()))
  }

  /// The norms of the Hamiltonian and the leapfrog network over time, and how far they go from their start.
  private func norms(_ diagnostic: AntisymmetricEnergy, _ context: ExperimentContext) throws -> (
    course: DiagnosticTable, range: DiagnosticTable
  ) {
    var course = DiagnosticTable(
      "norms", "Norms over time", source: source,
      columns: [
        .text("network", "network"), .text("size", "step size"), .number("time", "time t"),
        .number("norm", "|Y| / |Y_0|"),
      ])
    var range = DiagnosticTable(
      "norms-range", "Extremes of the norm", source: source,
      columns: [
        .text("network", "network"), .number("h", "step size h"),
        .number("least", "least |Y| / |Y_0|"), .number("most", "greatest |Y| / |Y_0|"),
      ])
    for kind in ConservativeNetwork.Kind.allCases {
      let network = ConservativeNetwork(
        kind, dimension: diagnostic.dimension, seed: context.seed)
      for h in AntisymmetricEnergy.sizes {
        let steps = max(1, Int((diagnostic.time / h).rounded()))
        let found = try network.norms(h: h, steps: steps)
        let first = found[0]
        try range.append([
          .text(kind.rawValue), .number(h), .number(found.min().map { $0 / first }),
          .number(found.max().map { $0 / first }),
        ])
        for step in Set((0...100).map { $0 * steps / 100 }).sorted() {
          try course.append([
            .text(kind.rawValue), .text("h = \(h)"), .number(Double(step) * h),
            .number(found[step] / first),
          ])
        }
      }
    }
    return (course, range)
  }

  private func claims(
    _ context: ExperimentContext, _ growth: DiagnosticTable, _ range: DiagnosticTable
  ) -> [Claim] {
    func rows(_ schemes: [String]) -> [[TableValue]] {
      growth.rows.filter { row in schemes.contains { row[0] == .text($0) } }
    }
    func text(_ rows: [[TableValue]], _ column: String) -> String {
      let index = growth.index(of: column) ?? 0
      return rows.map { "\($0[0]) h = \($0[1]): \(($0[index].number ?? .nan).brief)" }
        .joined(separator: ", ")
    }
    let (euler, others) = (rows(["euler"]), rows(Self.bounded))
    let (least, most) = (growth.index(of: "least") ?? 0, growth.index(of: "most") ?? 0)
    let kept = others.allSatisfy {
      ($0[least].number ?? 0) > 0.5 && ($0[most].number ?? .infinity) < 2
    }
    let norms = range.rows.map {
      "\($0[0]) h = \($0[1]): \(($0[2].number ?? .nan).brief) to \(($0[3].number ?? .nan).brief)"
    }.joined(separator: ", ")
    return [
      Claim(
        "Forward Euler raises the energy in every step, for every h", euler.allSatisfy { $0[3] == true },
        "H_end / H_0: " + text(euler, "growth")),
      context.claim(
        "Heun, RK3, RK4 and the semi-implicit scheme keep it within a factor 2 for h <= 0.5", kept,
        "least and greatest H / H_0: "
          + others.map {
            "\($0[0]) h = \($0[1]): \(($0[least].number ?? .nan).brief) to \(($0[most].number ?? .nan).brief)"
          }.joined(separator: ", ")),
      context.claim(
        "The norm in Hamiltonian and leapfrog networks never exceeds twice its start",
        range.rows.allSatisfy { ($0[3].number ?? .infinity) <= 2 }, norms),
    ]
  }

  /// Forward Euler with damping, below and above its limit h = 2 gamma / (gamma^2 + w^2).
  private func dampedClaim(
    _ context: ExperimentContext, _ growth: DiagnosticTable, frequency w: Double
  ) -> [Claim] {
    let limit = 2 * 0.1 / (0.01 + w * w)
    let euler = growth.rows.filter { $0[0] == "euler" }
    let stable = euler.filter { ($0[1].number ?? .infinity) <= limit }
    let unstable = euler.filter { ($0[1].number ?? 0) > 2 * limit }
    guard !stable.isEmpty, !unstable.isEmpty else {
      return [
        context.claim(
          "With damping, forward Euler is stable for small h only", nil,
          "limit \(limit.brief) outside of the step sizes")
      ]
    }
    return [
      context.claim(
        "With damping 0.1 forward Euler is stable below h = 2 gamma / (gamma^2 + w^2) only",
        stable.allSatisfy { ($0[2].number ?? 2) < 0.1 }
          && unstable.allSatisfy { ($0[2].number ?? 0) > 0.1 },
        "limit \(limit.brief) for w = \(w.brief); H_end / H_0: "
          + euler.map { "h = \($0[1]): \(($0[2].number ?? .nan).brief)" }.joined(separator: ", "))
    ]
  }
}
