import Foundation
import TimeStepping
import TimestepDiagnostics

/// `robust/fig1`: forward Euler for `x' = -2.3 x, x(0) = 1` with four step sizes, beside the solution `exp(-2.3 t)`.
struct EulerStepSizes: Experiment {
  let id = "robust/fig1"
  let title = "forward Euler for x' = -2.3 x with four step sizes"
  let source = "\(Robust.source), figure 1"
  let assumptions = [
    "The step sizes of the figure are lost; ours are 1, 0.7, 0.5 and 0.1, for t from 0 to 5: growing, strongly and "
      + "mildly oscillating, and close to the solution."
  ]

  private let rate = 2.3
  private let end = 5.0
  private let sizes = [1, 0.7, 0.5, 0.1]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let scheme = ForwardEuler()
    var steps = DiagnosticTable(
      "euler", "Forward Euler step by step", source: source,
      columns: [
        .number("h", "step size h"), .integer("step", "step"), .number("t", "time t"),
        .number("x", "x"), .number("solution", "solution exp(-2.3 t)"),
      ])
    var errors: [Double] = []
    var courses: [[Double]] = []
    for h in sizes {
      let grid = try TimeGrid(steps: Int((end / h + 1e-9).rounded(.down)), size: h)
      let values = try trajectory(1.0, field: Decay(rate: rate), scheme: scheme, grid: grid)
      var worst = 0.0
      for (step, (t, x)) in zip(grid.times, values).enumerated() {
        let exact = exp(-rate * t)
        worst = max(worst, abs(x - exact))
        try steps.append([.number(h), .integer(step), .number(t), .number(x), .number(exact)])
      }
      errors.append(worst)
      courses.append(values)
    }
    var solution = DiagnosticTable(
      "solution", "The solution", source: source,
      columns: [.number("t", "time t"), .number("x", "x")])
    for point in 0...200 {
      let t = end * Double(point) / 200
      try solution.append([.number(t), .number(exp(-rate * t))])
    }
    let limit = scheme.realStabilityLimit / rate
    let (large, others) = (courses[0], courses.dropFirst())
    return ExperimentResult(
      tables: [steps, solution],
      plots: [
        Plot(
          "euler", "Forward Euler for x' = -2.3 x, x(0) = 1",
          subtitle: ["h = 1 is beyond the limit of stability 2 / 2.3"],
          layers: [
            .init(
              .line(points: true), of: steps.name, x: .column("t"), y: .column("x"),
              color: .column("h", .nominal)),
            .init(
              .line(dashed: true), of: solution.name, x: .column("t"), y: .column("x"),
              color: .datum("solution")),
          ])
      ],
      claims: [
        Claim(
          "The smaller the step, the closer forward Euler is to the solution",
          zip(errors, errors.dropFirst()).allSatisfy { $0 > $1 },
          "largest errors "
            + zip(sizes, errors).map { "\($1.brief) with h = \($0.brief)" }.joined(separator: ", ")),
        Claim(
          "A large step makes x oscillate, and beyond 2 / 2.3 it grows without bound",
          large.isGrowing && others.allSatisfy { !$0.isGrowing } && courses[1].changesSign
            && !(courses.last?.changesSign ?? true),
          "limit \(limit.brief); |x| after the last step "
            + zip(sizes, courses).map { "\(abs($1.last ?? .nan).brief) with h = \($0.brief)" }
            .joined(separator: ", ")),
      ])
  }
}

/// `x' = -rate x`
private struct Decay: VectorField {
  let rate: Double
  func callAsFunction(_ u: Double, at point: EvaluationPoint) -> Double { -rate * u }
}

extension [Double] {
  /// Whether each is greater in modulus than the one before.
  fileprivate var isGrowing: Bool { zip(self, dropFirst()).allSatisfy { abs($0) < abs($1) } }
  /// Whether each has another sign than the one before.
  fileprivate var changesSign: Bool { zip(self, dropFirst()).allSatisfy { $0 * $1 < 0 } }
}
