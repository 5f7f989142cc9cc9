import TimeStepping
import TimestepDiagnostics

/// `lecture/antisymmetric`: growth of the energy of u' = tanh((K - K^T - gamma I) u) by scheme and step size.
struct Antisymmetric: Experiment {
  let id = "lecture/antisymmetric"
  let title = "energy of the antisymmetric network by scheme, step size and damping"
  let source = "\(Lecture.source), \"Stability: A Non-Trivial Example\""
  let assumptions = [
    "The slides have no numbers: 16 numbers in the state, K = 0.2 randn as the course's code has it "
      + "elsewhere, u(0) normal, T = 50, h = 0.5, 0.1, 0.02, three draws; tanh, no bias, float64.",
    "Measured is H(u) = sum log cosh((K - K^T) u), which the ODE without damping conserves; the norm is "
      + "not conserved.",
    "\"Semi-implicit\", which the slides only name: (I - q h J) d = h f(u), u+ = u + d.",
    "Hamiltonian and leapfrog networks have no such H: their norm is followed.",
  ]
  private static let gamma = 0.1

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = AntisymmetricEnergy()
    diagnostic.dimension = context.scale.choose(smoke: 4, otherwise: 16)
    diagnostic.time = context.scale.choose(smoke: 5, otherwise: 50)
    diagnostic.deviation = 0.2
    let draws = context.scale.choose(smoke: 1, otherwise: 3)
    var growths: [DiagnosticTable] = []
    var courses: [DiagnosticTable] = []
    var plots: [Plot] = []
    for gamma in [0, Self.gamma] {
      diagnostic.gamma = gamma
      let name = gamma == 0 ? "undamped" : "damped"
      for draw in 0..<draws {
        let found = try diagnostic.measure(
          DiagnosticContext(id, seed: context.seed &+ UInt64(draw)))
        if draw == 0 {
          var growth = found.tables[0]
          growth.name = "growth-\(name)"
          growths.append(growth)
          var course = found.tables[1]
          course.name = "energy-\(name)"
          courses.append(course)
          var plot = found.plots[0]
          plot.name = course.name
          if gamma > 0 {
            plot.title += ", with damping \(gamma)"
            plot.subtitle = ["the equation comes to rest"]
          }
          plot.layers[0].table = course.name
          plots.append(plot)
        } else {
          for row in found.tables[0].rows { try growths[growths.count - 1].append(row) }
        }
      }
    }
    let norms = try self.norms(diagnostic, context)
    plots.append(
      Plot(
        "norms", "Norm of networks that are stable in themselves, relative to its start",
        subtitle: ["Hamiltonian and leapfrog networks with one random K, tanh"],
        layers: [
          .init(
            .line(), of: norms.course.name, x: .column("time"),
            y: .column("norm", includesZero: true), color: .column("network"))
        ], facet: Plot.Facet("size", columns: 3), width: 260, height: 200))
    let frequencies = try (0..<draws).map {
      try AntisymmetricSystem(
        dimension: diagnostic.dimension, kernelDeviation: diagnostic.deviation,
        seed: context.seed &+ UInt64($0)
      ).largestFrequency()
    }
    return ExperimentResult(
      tables: growths + [norms.range] + courses + [norms.course], plots: plots,
      claims: claims(context, Growth(growths[0]), norms.range)
        + dampedClaims(context, Growth(growths[1]), frequency: frequencies.max() ?? .nan))
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

  /// The rows of a table of growth by scheme and step size, one for each draw.
  private struct Growth {
    private let table: DiagnosticTable

    init(_ table: DiagnosticTable) { self.table = table }

    /// The numbers of a column.
    func values(_ scheme: String, h: (Double) -> Bool = { _ in true }, _ column: String) -> [Double]
    {
      let index = table.index(of: column) ?? 0
      return table.rows.filter { $0[0] == .text(scheme) && h($0[1].number ?? .nan) }
        .map { $0[index].number ?? .nan }
    }

    /// Whether H grew in every step of all rows of a scheme.
    func isMonotone(_ scheme: String) -> Bool {
      table.rows.filter { $0[0] == .text(scheme) }.allSatisfy { $0[3] == true }
    }

    /// The ranges of a column by step size.
    func text(_ scheme: String, _ column: String) -> String {
      AntisymmetricEnergy.sizes.map { h in
        let found = values(scheme, h: { $0 == h }, column)
        return "h = \(h): \((found.min() ?? .nan).brief) to \((found.max() ?? .nan).brief)"
      }.joined(separator: ", ")
    }
  }

  private func claims(
    _ context: ExperimentContext, _ growth: Growth, _ range: DiagnosticTable
  ) -> [Claim] {
    let accurate = ["heun", "rk3", "rk4", "linearly-implicit:q=0.5"]
    func isKept(upTo h: Double) -> Bool {
      accurate.allSatisfy { scheme in
        growth.values(scheme, h: { $0 <= h }, "least").allSatisfy { $0 > 0.5 }
          && growth.values(scheme, h: { $0 <= h }, "most").allSatisfy { $0 < 2 }
      }
    }
    let kept = accurate.map { "\($0) \(growth.text($0, "growth"))" }.joined(separator: "; ")
    let norms = range.rows.map {
      "\($0[0]) h = \($0[1]): \(($0[2].number ?? .nan).brief) to \(($0[3].number ?? .nan).brief)"
    }.joined(separator: ", ")
    func most(_ scheme: String) -> Double { growth.values(scheme, "most").max() ?? .nan }
    let heun = zip(growth.values("heun", "growth"), growth.values("euler", "growth"))
    return [
      Claim(
        "Forward Euler raises the energy in every step, for every h", growth.isMonotone("euler"),
        "H_end / H_0 over draws: " + growth.text("euler", "growth")),
      context.claim(
        "Heun raises it too, but much less than Euler",
        heun.allSatisfy { $0 > 1 && ($0 - 1) < 0.25 * ($1 - 1) },
        "H_end / H_0: " + growth.text("heun", "growth")),
      context.claim(
        "With small steps, h <= 0.1, Heun, RK3, RK4 and the semi-implicit scheme keep it within a factor 2",
        isKept(upTo: 0.1), kept),
      context.claim(
        "They do so for h <= 0.5", isKept(upTo: 0.5), kept),
      context.claim(
        "RK3, RK4 and the semi-implicit schemes stay bounded at h = 0.5 too: never twice the first energy",
        ["rk3", "rk4", "linearly-implicit:q=0.5", "linearly-implicit:q=1"].allSatisfy {
          most($0) < 2
        },
        "greatest H / H_0: rk3 \(most("rk3").brief), rk4 \(most("rk4").brief), q = 1/2 "
          + "\(most("linearly-implicit:q=0.5").brief), q = 1 \(most("linearly-implicit:q=1").brief)"
      ),
      context.claim(
        "The norm in Hamiltonian and leapfrog networks stays within a factor 2 of its start",
        range.rows.allSatisfy { ($0[2].number ?? 0) >= 0.5 && ($0[3].number ?? .infinity) <= 2 },
        norms),
    ]
  }

  /// Forward Euler with damping, below and above its limit h = 2 gamma / (gamma^2 + w^2).
  private func dampedClaims(
    _ context: ExperimentContext, _ growth: Growth, frequency w: Double
  ) -> [Claim] {
    let limit = 2 * Self.gamma / (Self.gamma * Self.gamma + w * w)
    let stable = growth.values("euler", h: { $0 <= limit }, "growth")
    let unstable = growth.values("euler", h: { $0 > 2 * limit }, "growth")
    return [
      context.claim(
        "With damping 0.1 forward Euler comes to rest below h = 2 gamma / (gamma^2 + w^2), and not far above it",
        stable.isEmpty || unstable.isEmpty
          ? nil : stable.allSatisfy { $0 < 0.1 } && unstable.allSatisfy { $0 > 0.1 },
        "limit \(limit.brief) for w = \(w.brief); H_end / H_0: " + growth.text("euler", "growth"))
    ]
  }
}
