import Foundation
import TimeStepping
import TimestepDiagnostics
import TimestepTorch

/// `lecture/eig-rules`: what the real parts of the eigenvalues say about linear systems and about tanh layers.
struct EigenvalueRules: Experiment {
  let id = "lecture/eig-rules"
  let title = "phase portraits by the sign of the eigenvalues' real part"
  let source = "\(Lecture.source), \"ODE Crash Course\""
  let assumptions = [
    "The slide has no numbers: J = [[a, -1], [1, a]] with a = 0.08, -0.08, 0, T = 4 pi, RK4 with 400 "
      + "steps, whose errors are below 1e-6.",
    "Jacobians of layers: 200 random K of 8 x 8 normal numbers, random states; sigma = tanh.",
  ]

  private static let cases: [(name: String, real: Double)] = [
    ("Re(eig) > 0", 0.08), ("Re(eig) < 0", -0.08), ("Re(eig) = 0", 0),
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var paths = DiagnosticTable(
      "eig-rules", "Solutions of y' = J y", source: source,
      columns: [
        .text("case", "case"), .integer("path", "start"), .integer("step", "step"),
        .number("time", "time t"), .number("x", "first coordinate"),
        .number("y", "second coordinate"), .number("norm", "|y(t)|"),
      ])
    var ends: [Double] = []
    for (name, real) in Self.cases {
      let field = ClosureField<SIMD2<Double>> { y, _ in
        SIMD2(real * y.x - y.y, y.x + real * y.y)
      }
      for (path, start) in [SIMD2(1.0, 0), SIMD2(-0.6, 0), SIMD2(0, 0.3)].enumerated() {
        let grid = try TimeGrid(from: 0, to: 4 * .pi, steps: 400)
        let states = try trajectory(start, field: field, scheme: RungeKutta.rk4, grid: grid)
        for step in stride(from: 0, through: 400, by: 4) {
          let y = states[step]
          try paths.append([
            .text(name), .integer(path), .integer(step), .number(grid.times[step]), .number(y.x),
            .number(y.y), .number(hypot(y.x, y.y)),
          ])
        }
        if path == 0 { ends.append(hypot(states[400].x, states[400].y)) }
      }
    }
    let layers = try LayerEigenvalues(seed: context.seed).table(source: source)
    let largest = layers.numbers("largest")
    return ExperimentResult(
      tables: [paths, layers],
      plots: [
        Plot(
          "eig-rules", "Phase portraits of y' = J y",
          layers: [
            .init(
              .line(), of: paths.name, x: .column("x"), y: .column("y"),
              color: .column("path", .nominal), order: "step")
          ], facet: .init("case", columns: 3), width: 240, height: 240),
        Plot(
          "eig-rules-norm", "Norm over time, from |y(0)| = 1",
          layers: [
            .init(
              .line(), of: paths.name, filter: "datum.path == 0", x: .column("time"),
              y: .column("norm", scale: .log), color: .column("case"))
          ]),
      ],
      claims: [
        Claim(
          "Re(eig(J)) > 0: unstable", ends[0] > 2,
          "|y| grows from 1 to \(ends[0].brief), e^(aT) = \(exp(0.08 * 4 * .pi).brief)"),
        Claim(
          "Re(eig(J)) < 0: stable, to the stationary point", ends[1] < 0.5,
          "|y| shrinks from 1 to \(ends[1].brief)"),
        Claim(
          "Re(eig(J)) = 0: stable, energy bounded", abs(ends[2] - 1) < 1e-6,
          "|y| is 1 within \(abs(ends[2] - 1).brief)"),
        Claim(
          "Re(eig(J)) = 0 for every layer tanh((K - K^T) y)", largest[1] < 1e-12,
          "largest |Re| of 200 Jacobians \(largest[1].brief), without antisymmetry \(largest[0].brief)"
        ),
      ])
  }
}

/// The eigenvalues of Jacobians `diag(sigma'(K y)) K` of tanh layers for random matrices and states.
struct LayerEigenvalues {
  let seed: UInt64
  private let draws = 200
  private let size = 8

  init(seed: UInt64) { self.seed = seed }

  /// The real parts for K, for K - K^T, and for the latter with damping.
  func table(source: String) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "eig-rules-layers", "Real parts of the eigenvalues of layers' Jacobians", source: source,
      notes: [
        "J = diag(1 - tanh(A y)^2) A for \(draws) random A of \(size) x \(size) and random y."
      ],
      columns: [
        .text("kernel", "A"), .number("least", "least Re(eig(J))"),
        .number("most", "greatest Re(eig(J))"), .number("largest", "largest |Re(eig(J))|"),
        .number("frequency", "largest |Im(eig(J))|"),
      ])
    let unit = try Tensor(
      (0..<size * size).map { $0 % (size + 1) == 0 ? 1.0 : 0 }, shape: [size, size])
    for (name, isAntisymmetric, gamma) in [
      ("K", false, 0.0), ("K - K^T", true, 0), ("K - K^T - I/10", true, 0.1),
    ] {
      let generator = try Generator(seed: seed)
      var (real, imaginary) = ([Double](), [Double]())
      for _ in 0..<draws {
        let kernel = try Tensor.empty([size, size], .float64)
        let state = try Tensor.empty([size, 1], .float64)
        try generator.fillNormal(kernel, deviation: 1 / Double(size).squareRoot())
        try generator.fillNormal(state)
        let map = try (isAntisymmetric ? kernel - kernel.transposed() : kernel)
          .adding(unit, scaledBy: -gamma)
        let slopes = try map.matrixProduct(state).tanh().square() * -1 + 1
        let values = try (slopes * map).eigenvalues()
        real += try values.realPart().scalars(Double.self)
        imaginary += try values.imaginaryPart().scalars(Double.self)
      }
      try table.append([
        .text(name), .number(real.min()), .number(real.max()), .number(real.map(abs).max()),
        .number(imaginary.max()),
      ])
    }
    return table
  }
}
