import Foundation
import Testing
import TestSupport
import TimeStepping
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// What the lecture's experiments compute, against closed forms.
@Suite struct LectureComputationTests {
  @Test("The flow's network is forward Euler, and a step of Heun takes weights at both of its ends")
  func flow() throws {
    let flow = try TanhFlow(dimension: 3, examples: 2, seed: 1)
    let network = try flow.network(ForwardEuler(), PerStepWeights(), steps: 5)
    let mine = try flow.output(of: network).selected(0).scalars(Double.self)
    for (a, b) in zip(mine, try flow.eulerByHand(steps: 5)) { #expect(abs(a - b) < 1e-14) }
    func value(_ u: Tensor, _ time: Double) throws -> Tensor {
      let weights = try flow.weights(at: time)
      return try (u.matrixProduct(weights.kernel.transposed()) + weights.bias).tanh()
    }
    let h = TanhFlow.time
    let start = try value(flow.start, 0)
    let guess = try flow.start.adding(start, scaledBy: h)
    let expected = try flow.start.adding(start + value(guess, h), scaledBy: h / 2)
    let heun = try flow.network(RungeKutta.heun, NodalWeights(), steps: 1)
    let difference = try (flow.output(of: heun) - expected).norm().scalar()
    #expect(difference < 1e-14)
    #expect(try flow.states(of: heun).count == 2)
  }

  @Test("Contour lines of x^2 + y^2 are circles; a saddle is cut on the side of its middle")
  func contours() {
    let axis = (0..<41).map { -2 + 0.1 * Double($0) }
    let values = axis.map { y in axis.map { x in x * x + y * y } }
    let pieces = ContourLines(values, x: axis, y: axis, levels: [1, 2.25]).pieces
    for piece in pieces {
      #expect(abs(hypot(piece.x, piece.y) - piece.level.squareRoot()) < 2e-3)
      #expect(abs(hypot(piece.xEnd, piece.yEnd) - piece.level.squareRoot()) < 2e-3)
    }
    for level in [1, 2.25] {
      let length = pieces.filter { $0.level == level }.reduce(0) {
        $0 + hypot($1.xEnd - $1.x, $1.yEnd - $1.y)
      }
      #expect(abs(length / (2 * .pi * level.squareRoot()) - 1) < 2e-3)
    }
    // Corners 3 and 3 on one diagonal, 0 and 0 on the other: at level 1 the high ones are joined.
    let saddle = ContourLines([[3, 0], [0, 3]], x: [0, 1], y: [0, 1], levels: [1]).pieces
    #expect(saddle.count == 2)
    for piece in saddle {
      // Each piece cuts off a low corner: (1, 0) or (0, 1).
      #expect(abs((piece.x + piece.xEnd) / 2 + (piece.y + piece.yEnd) / 2 - 1) < 1e-12)
      #expect(abs(abs(piece.x + piece.xEnd - 1) - 2 / 3) < 1e-12)
    }
  }

  @Test("With skips and without: the objective by hand, zero at the end of the line")
  func skips() throws {
    for hasSkips in [true, false] {
      let objective = try SkipObjective(hasSkips: hasSkips, examples: 6, seed: 3)
      let values = try objective.values(along: [0, 1])
      #expect(values[0] > 0 && values[1] == 0)
      // The slope along the line is the gradient's product with its direction.
      let generator = try Generator(seed: 3)
      func normal(_ shape: [Int], _ deviation: Double) throws -> Tensor {
        let tensor = try Tensor.empty(shape, .float64)
        try generator.fillNormal(tensor, deviation: deviation)
        return tensor
      }
      let input = try normal([6, 4], 1)
      let shapes = [[Int]](repeating: [4, 4], count: SkipObjective.layers) + [[1, 4]]
      let (first, second) = (
        try shapes.map { try normal($0, 0.2) }, try shapes.map { try normal($0, 0.2) }
      )
      func end(_ kernels: [Tensor]) throws -> Tensor {
        var y = input
        for kernel in kernels.dropLast() {
          let value = try y.matrixProduct(kernel.transposed()).tanh()
          y = try hasSkips ? y + value : value
        }
        return try y.matrixProduct(kernels[SkipObjective.layers].transposed()).tanh()
      }
      let expected = try (end(first) - end(second)).square().sum().scalar() / 2
      #expect(abs(values[0] / expected - 1) < 1e-12)
      let slope = try zip(
        objective.gradient(),
        zip(first, second).flatMap {
          try ($1 - $0).scalars(Double.self)
        }
      ).reduce(0) { $0 + $1.0 * $1.1 }
      let near = try objective.values(along: [-1e-5, 1e-5])
      #expect(abs((near[1] - near[0]) / 2e-5 / slope - 1) < 1e-6)
    }
    let parabola = (0...10).map { Double($0 * $0) / 100 }
    #expect(abs(SkipObjective.bend(parabola, spacing: 0.1) - 2) < 1e-10)
  }

  @Test("Damping: with imaginary eigenvalues +-w a small state falls as e^(-gamma t)")
  func damping() throws {
    let kernel = try Tensor([0, 0.5, -0.5, 0], shape: [2, 2])
    let system = try AntisymmetricSystem(
      kernel: kernel, start: Tensor([1e-4, 0]), gamma: 0.1)
    #expect(abs(try system.largestFrequency() - 1) < 1e-12)
    let course = try system.course(RungeKutta.rk4, h: 0.1, steps: 50)
    #expect(course.count == 51)
    // RK4 at h = 0.1 is off by about T h^4 / 120.
    #expect(abs(course[50].norm / 1e-4 - exp(-0.5)) < 4e-6)
  }

  @Test("Hamiltonian and leapfrog networks begin at their start and stay near it")
  func conservative() throws {
    for kind in ConservativeNetwork.Kind.allCases {
      let norms = try ConservativeNetwork(kind, dimension: 4, seed: 1).norms(h: 0.1, steps: 200)
      #expect(norms.count == 201 && norms[0] > 0)
      #expect((norms.max() ?? .infinity) < 2 * norms[0])
    }
  }

  @Test("Small multiples stand in the order of the rows, drawn values belong to no scale")
  func order() throws {
    var table = DiagnosticTable(
      "t", "t", source: "s", columns: [.text("panel", "panel"), .number("x", "x")])
    for name in ["b", "a", "b"] { try table.append([.text(name), 1]) }
    let plot = Plot(
      "t", "t",
      layers: [.init(.point(), of: "t", x: .column("x"), y: .column("x"), color: .value("red"))],
      facet: .init("panel"))
    let specification = try plot.specification([table])
    #expect(specification["facet"]?["sort"] == ["b", "a"])
    let data = String(decoding: try specification.data(pretty: false), as: UTF8.self)
    #expect(data.contains(#""color":{"value":"red"}"#))
    let kept = table.keeping(as: "kept", "kept") { $0[0] == "b" }
    #expect(kept.rows.count == 2 && kept.name == "kept" && table.rows.count == 3)
  }
}
