import TimestepDiagnostics

/// `lecture/derivative-tests`: the lecture's derivative and adjoint tests of every component.
struct DerivativeChecks: Experiment {
  let id = "lecture/derivative-tests"
  let title = "derivative and adjoint tests of all components"
  let source = "Meganet.m, checkDerivative and adjointTest"
  let assumptions = [
    "float64, random small inputs, directions of deviation 0.01 so that kinks of ReLU are rarely "
      + "crossed; h = 2^-1 ... 2^-30.",
    "Passed: more than 3 step sizes with E1 of order above 1.9 or E0 > 100 E1 (Meganet), the smallest E1 "
      + "/ E0 below 1e-5, and <w, J v> = <J^T w, v> to 1e-10.",
    "Batch norm is tested in training, with the statistics of the batch.",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "derivative-tests", "Derivative and adjoint tests", source: source,
      columns: [
        .text("kind", "kind"), .text("component", "component"), .text("variable", "derivative in"),
        .integer("good", "step sizes that are good, of 30"),
        .number("derivative", "smallest E1 / E0"),
        .number("adjoint", "|<w, J v> - <J^T w, v>| / |<w, J v>|"), .flag("passes", "passed"),
      ])
    var example = DiagnosticTable(
      "derivative-example", "Errors of one test", source: source,
      columns: [
        .text("component", "component"), .number("h", "step size h"),
        .number("e0", "E0 = |f(x + h v) - f(x)|"),
        .number("e1", "E1 = |f(x + h v) - f(x) - h J v|"),
      ])
    for kind in DerivativeSubjects.Kind.allCases {
      let subjects = try DerivativeSubjects(seed: context.seed).all(kind)
      for subject in context.scale == .smoke ? Array(subjects.prefix(1)) : subjects {
        let found = try subject.check()
        try table.append([
          .text(kind.rawValue), .text(subject.name), .text(subject.variable),
          .integer(found.derivative.goodRows), .number(found.derivative.relativeError),
          .number(found.adjoint.relativeError), .flag(found.passes),
        ])
        guard kind == .fields, example.rows.isEmpty else { continue }
        for row in found.derivative.rows {
          try example.append([
            .text(subject.name), .number(row.h), .number(row.e0), .number(row.e1),
          ])
        }
      }
    }
    let failed = table.rows.filter { $0[6] != true }
    return ExperimentResult(
      tables: [table, example],
      plots: [
        Plot(
          "derivative-example", "Derivative test of the first field",
          subtitle: ["E0 of order 1, E1 of order 2 down to rounding"],
          layers: [
            .init(
              .line(points: true), of: example.name, x: .column("h", scale: .log),
              y: .column("e0", scale: .log, title: "error"), color: .datum("E0")),
            .init(
              .line(points: true), of: example.name, x: .column("h", scale: .log),
              y: .column("e1", scale: .log, title: "error"), color: .datum("E1")),
          ])
      ],
      claims: [
        Claim(
          "Every component passes the derivative test and the adjoint test", failed.isEmpty,
          "\(table.rows.count - failed.count) of \(table.rows.count) passed"
            + failed.map { ", not \($0[0]) \($0[1]) in \($0[2])" }.joined())
      ])
  }
}
