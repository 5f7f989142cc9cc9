import Foundation
import TimeStepping
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// `lecture/path-planning`: paths of points through a fixed tanh layer by scheme and damping, and through a network
/// that was trained to make classes separable.
struct PathPlanning: Experiment {
  let id = "lecture/path-planning"
  let title = "trajectories by scheme and damping; states of a trained network over time"
  let source = "\(Lecture.source), \"Residual Network as a Path Planning Problem\"; course code"
  let assumptions = [
    "Course code: K = [[a, -0.2], [0.2, a]], a = -0.001, b = 0, tanh, h = 0.1, 1000 steps, starts (1, 1) "
      + "and (-1, -1); beside it a = 0 by four schemes.",
    "Trained: Meganet.m's circle, two numbers in the state, T = 20, N = 8, tanh with bias, regularisation 1e-2 of the "
      + "weights' time derivative (L2); by 300 steps of Adam with all 2000 points, learning rate 0.02, in place of "
      + "Meganet's Newton method with variable projection. Beside it the same with RK4. Meganet's second network, with "
      + "three numbers (one zero) and N = 10, is left out.",
  ]

  private struct Case {
    let name: String
    let scheme: String
    let real: Double
  }

  private static let cases = [
    Case(name: "Euler, a = -0.001", scheme: "euler", real: -0.001),
    Case(name: "Euler, a = 0", scheme: "euler", real: 0),
    Case(name: "Heun, a = 0", scheme: "heun", real: 0),
    Case(name: "RK4, a = 0", scheme: "rk4", real: 0),
    Case(name: "semi-implicit, a = 0", scheme: "linearly-implicit", real: 0),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [.text("scheme", "scheme")], fewestEpochs: 100)
    for scheme in ["euler", "rk4"] {
      var options = RunOptions()
      options.network = "dense-8"
      options.field = "single"
      options.activation = .tanh
      options.scheme = scheme
      options.h = 2.5
      options.regularization = ["time-l2:alpha=0.01"]
      let epochs = scale.choose(smoke: 20, otherwise: 300)
      plan.add(
        [.text(scheme)],
        options.byAdam(on: "ellipses", batch: 2000, epochs: epochs, rate: 0.02, dropAt: []))
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let steps = context.scale.choose(smoke: 100, otherwise: 1000)
    let paths = try self.paths(steps: steps)
    var tables = [paths]
    var plots = [
      Plot(
        "paths", "Two points on their way through \(steps) layers",
        subtitle: ["Y_{l+1} = Y_l + h tanh(K Y_l), h = 0.1, eig(K) = a +- 0.2i"],
        layers: [
          .init(
            .line(), of: paths.name, x: .column("x"), y: .column("y"),
            color: .column("start"), order: "step")
        ], facet: .init("case", columns: 3), width: 220, height: 220)
    ]
    var growths: [String: Double] = [:]
    for one in Self.cases {
      let radii = paths.rows.filter { $0[0] == .text(one.name) && $0[1] == "(1, 1)" }
        .compactMap { $0[6].number }
      if let first = radii.first, let last = radii.last { growths[one.name] = last / first }
    }
    var claims = [
      context.claim(
        "With imaginary eigenvalues forward Euler leaves the orbit, the other schemes stay on it",
        (growths["Euler, a = 0"] ?? 0) > 1.05
          && Self.cases.dropFirst(2).allSatisfy { abs((growths[$0.name] ?? 2) - 1) < 0.01 },
        "H_end / H_0: "
          + Self.cases.map { "\($0.name): \((growths[$0.name] ?? .nan).brief)" }
          .joined(separator: "; "))
    ]
    for outcome in context.trials.all {
      let scheme = context.trials.value("scheme", of: outcome).text ?? ""
      let states = try Trajectories().measure(outcome.saved().diagnosticContext())
      var table = states.tables[0]
      table.name = "states-\(scheme)"
      var plot = states.plots[0]
      plot.name = table.name
      plot.title = "States of the trained network by \(scheme)"
      plot.layers[0].table = table.name
      tables.append(table)
      plots.append(plot)
      claims.append(
        context.claim(
          "A network of two numbers by \(scheme) plans paths that make inside and ring separable",
          outcome.bestAccuracy >= 0.95, "best test accuracy \(outcome.bestAccuracy.percent)"))
    }
    return ExperimentResult(tables: tables, plots: plots, claims: claims)
  }

  /// The course's forward propagation in each case.
  private func paths(steps: Int) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "paths", "Points on their way through the layers", source: source,
      notes: ["H = sum log cosh(K Y), which the ODE conserves for a = 0."],
      columns: [
        .text("case", "scheme and damping"), .text("start", "start"), .integer("step", "layer"),
        .number("x", "first coordinate"), .number("y", "second coordinate"),
        .number("radius", "|Y|"), .number("energy", "H"),
      ])
    for one in Self.cases {
      let scheme = try SchemeCatalog.scheme(named: one.scheme)
      let field = RotatingLayer(real: one.real, imaginary: 0.2)
      for start in [[1.0, 1], [-1, -1]] {
        let states = try trajectory(
          start, field: field, scheme: scheme, grid: TimeGrid(steps: steps, size: 0.1))
        for step in stride(from: 0, through: steps, by: max(1, steps / 250)) {
          let y = states[step]
          try table.append([
            .text(one.name), .text("(\(Int(start[0])), \(Int(start[1])))"), .integer(step),
            .number(y[0]), .number(y[1]), .number(hypot(y[0], y[1])), .number(field.energy(y)),
          ])
        }
      }
    }
    return table
  }
}

/// The layer `tanh(K y)` of the plane with `K = [[a, -w], [w, a]]`.
struct RotatingLayer: VectorField {
  typealias State = [Double]
  let real: Double
  let imaginary: Double

  private func product(_ y: [Double]) -> [Double] {
    [real * y[0] - imaginary * y[1], imaginary * y[0] + real * y[1]]
  }

  func callAsFunction(_ y: [Double], at point: EvaluationPoint) -> [Double] {
    product(y).map { tanh($0) }
  }

  /// `sum log cosh(K y)`
  func energy(_ y: [Double]) -> Double { product(y).reduce(0) { $0 + log(cosh($1)) } }

  /// By Cramer's rule, `J = diag(1 - tanh^2) K`.
  func solvingLinearized(
    _ v: [Double], factor c: Double, around u: [Double], at point: EvaluationPoint
  ) -> [Double] {
    let slopes = product(u).map { 1 - tanh($0) * tanh($0) }
    let (a, b) = (1 - c * slopes[0] * real, c * slopes[0] * imaginary)
    let (d, e) = (-c * slopes[1] * imaginary, 1 - c * slopes[1] * real)
    let determinant = a * e - b * d
    return [(e * v[0] - b * v[1]) / determinant, (a * v[1] - d * v[0]) / determinant]
  }
}
