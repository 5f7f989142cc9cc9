import ComplexModule
import Foundation
import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// What diagnostics say about schemes, against closed forms.
@Suite struct SchemeDiagnosticsTests {
  private let context = DiagnosticContext("schemes")

  @Test("Areas of stability regions in closed form")
  func areas() throws {
    let window = (re: -3.0...1.0, im: -2.0...2.0)
    // A disc of radius 1 around -1, one around 0, and the half plane's part of the window.
    for (name, area) in [
      ("euler", Double.pi), ("plain", Double.pi), ("linearly-implicit:q=0.5", 12),
    ] {
      let region = StabilityRegion(
        try SchemeCatalog.scheme(named: name), re: window.re, im: window.im, lines: 400)
      #expect(abs(region.area / area - 1) < 2e-3, "\(name): \(region.area)")
    }
  }

  @Test("The edge of forward Euler's region is the circle around -1")
  func edge() {
    let region = StabilityRegion(ForwardEuler(), re: -3...1, im: -2...2, lines: 64, points: 100)
    #expect(region.runs.count == 32)
    for run in region.runs {
      let y = (run.im.lowerBound + run.im.upperBound) / 2
      let half = (1 - y * y).squareRoot()
      #expect(abs(run.re.lowerBound + 1 + half) < 1e-6 && abs(run.re.upperBound + 1 - half) < 1e-6)
    }
  }

  @Test("Outside of a circle a line has two runs")
  func pieces() throws {
    // |1 / (1 - z)| <= 1 outside of the circle of radius 1 around 1.
    let region = StabilityRegion(ImplicitParabolic(), re: -1...3, im: 0.4...0.6, lines: 1)
    try #require(region.runs.count == 2)
    let half = 0.75.squareRoot()
    #expect(region.runs[0].re.lowerBound == -1 && region.runs[1].re.upperBound == 3)
    #expect(abs(region.runs[0].re.upperBound - 1 + half) < 1e-6)
    #expect(abs(region.runs[1].re.lowerBound - 1 - half) < 1e-6)
  }

  @Test("Measured limits of every scheme are the declared ones")
  func limits() throws {
    let result = try StabilityRegions()(context)
    let table = try #require(result.table("stability-limits"))
    #expect(table["scheme"].compactMap(\.text) == SchemeCatalog.names)
    for axis in ["real", "imaginary"] {
      for ((declared, measured), name) in zip(
        zip(table.numbers(axis), table.numbers("\(axis)_measured")), SchemeCatalog.names)
      {
        #expect(
          declared == measured || abs(declared - measured) < 2e-3,
          "\(name), \(axis): declared \(declared), measured \(measured)")
      }
    }
    let regions = try #require(result.table("stability-regions"))
    #expect(Set(regions["scheme"].compactMap(\.text)).isSubset(of: SchemeCatalog.names))
    #expect(
      Set(regions["scheme"].compactMap(\.text)).isSuperset(of: ["euler", "rk4", "lm", "ab2"]))
    for plot in result.plots { _ = try plot.specification(result.tables) }
    let one = try context.result(of: "stability-regions:scheme=rk4")
    #expect(one.table("stability-limits")?.rows.count == 1)
    #expect(throws: UnknownNameError.self) {
      try StabilityRegions().configured(NamedChoice("diagnostic", "stability-regions:scheme=rk9"))
    }
  }

  @Test("Observed orders of every scheme are the declared ones")
  func orders() throws {
    let result = try ConvergenceOrders()(context)
    let table = try #require(result.table("orders"))
    let named = SchemeCatalog.all.filter { $0.order != nil }.map(\.name)
    #expect(Set(table["scheme"].compactMap(\.text)) == Set(named))
    for (row, (declared, observed)) in zip(
      table.rows, zip(table.numbers("declared"), table.numbers("observed")))
    {
      #expect(abs(declared - observed) < 0.1, "\(row)")
    }
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test(
    "Forward Euler and LM are of order 1 for the original and of order 2 for the modified equation")
  func modifiedEquation() throws {
    let result = try ModifiedEquation()(context)
    let table = try #require(result.table("modified-equation-orders"))
    #expect(table.rows.count == 10)
    for row in table.rows {
      let expected: Double = row[1] == "original" ? 1 : 2
      #expect(abs((row[2].number ?? 0) - expected) < 0.1, "\(row)")
    }
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test("The measured border of LM is z = -2(1 - k)")
  func border() throws {
    let result = try MultistepBorder()(context)
    let table = try #require(result.table("lm-border"))
    #expect(table.rows.count == 41)
    for (k, measured) in zip(table.numbers("k"), table.numbers("measured")) {
      #expect(abs(measured + 2 * (1 - k)) < 1e-5, "k = \(k): \(measured)")
    }
    let map = try #require(result.table("lm-growth"))
    for row in map.rows {
      let number = row.compactMap(\.number)
      let (k, z) = ((number[0] + number[1]) / 2, (number[2] + number[3]) / 2)
      if abs(z + 2 * (1 - k)) < 1e-6 { continue }  // On the border itself rounding decides.
      let isStable = abs(k) <= 1 && z <= 0 && z >= -2 * (1 - k)
      #expect((number[4] <= 1 + 1e-9) == isStable, "k = \(k), z = \(z)")
    }
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test("Momentum: fewer steps for k < 0, as many as the growth predicts")
  func acceleration() throws {
    let result = try Acceleration()(context)
    let table = try #require(result.table("acceleration"))
    let steps = table.numbers("steps")
    #expect(steps.count == 4 && zip(steps, steps.dropFirst()).allSatisfy { $0 > $1 })
    for (step, predicted) in zip(steps, table.numbers("predicted")) {
      #expect(abs(step / predicted - 1) < 0.3, "\(step), predicted \(predicted)")
    }
    // Gradient descent: (1 - 1/100)^n of the slowest component, which begins with 1/sqrt(20) of the length.
    let expected = log(1e-6 * 20.0.squareRoot()) / log(0.99)
    #expect(abs(steps[0] - expected) <= 1)
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test("The energy of the antisymmetric network: closed form, and what each scheme does to it")
  func energy() throws {
    let kernel = try Tensor([0, 2, 0, 0] as [Double], shape: [2, 2])
    let small = try AntisymmetricSystem(kernel: kernel, start: Tensor([0.3, -0.4] as [Double]))
    // A = [[0, 2], [-2, 0]], A u = (-0.8, -0.6).
    #expect(abs(try small.energy(small.start) - log(cosh(0.8)) - log(cosh(0.6))) < 1e-14)

    let system = try AntisymmetricSystem(kernelDeviation: 0.25, seed: 3)
    func course(_ scheme: String, _ h: Double) throws -> [Double] {
      let energies = try system.energies(
        SchemeCatalog.scheme(named: scheme), h: h, steps: Int((50 / h).rounded()))
      return energies.map { $0 / energies[0] }
    }
    var growths: [String: [Double]] = [:]
    for h in [0.5, 0.1, 0.02] {
      let euler = try course("euler", h)
      #expect(zip(euler, euler.dropFirst()).allSatisfy { $0 < $1 }, "h = \(h)")
      for scheme in AntisymmetricEnergy.schemes {
        growths[scheme, default: []].append(try course(scheme, h).last ?? 0)
      }
    }
    let euler = try #require(growths["euler"])
    #expect(euler[0] > euler[1] && euler[1] > euler[2] && euler[2] > 1.1)
    for (scheme, error) in [
      ("heun", 1e-3), ("rk3", 1e-4), ("rk4", 1e-6), ("linearly-implicit:q=0.5", 1e-2),
    ] {
      let growth = try #require(growths[scheme])
      #expect(abs(growth[2] - 1) < error, "\(scheme): \(growth)")
      #expect(abs(growth[2] - 1) < abs(growth[0] - 1) + 1e-12, "\(scheme): \(growth)")
    }
    let damped = try #require(growths["linearly-implicit:q=1"])
    #expect(damped[0] < 0.1 && damped[0] < damped[1] && damped[1] < damped[2] && damped[2] < 1)
  }

  @Test(
    "Small oscillations of frequency 1 grow in energy by |R(i h)|^2 a step, to the lecture's numbers"
  )
  func oscillation() throws {
    // Of states so small that tanh is its argument, the energy is half the square of the length.
    let kernel = try Tensor([0, 1, 0, 0] as [Double], shape: [2, 2])
    let system = try AntisymmetricSystem(kernel: kernel, start: Tensor([6e-4, 8e-4] as [Double]))
    for (steps, expected) in [(100, 1.645), (5, 55.9)] {
      let h = 10 / Double(steps)
      for name in AntisymmetricEnergy.schemes {
        let scheme = try SchemeCatalog.scheme(named: name)
        let energies = try system.energies(scheme, h: h, steps: steps)
        let factor = scheme.amplificationFactor(Complex(0, h)).length
        #expect(abs(energies[1] / energies[0] / (factor * factor) - 1) < 1e-5, "\(name), h = \(h)")
      }
      let euler = try system.energies(ForwardEuler(), h: h, steps: steps)
      // Of five steps the last are no longer small.
      let tolerance = steps == 100 ? 1e-3 : 1e-2
      #expect(abs((euler[steps] / euler[0]).squareRoot() / expected - 1) < tolerance)
    }
  }

  @Test("The table of energies")
  func energyTable() throws {
    var diagnostic = AntisymmetricEnergy()
    (diagnostic.dimension, diagnostic.time) = (6, 4)
    let result = try diagnostic(context)
    let table = try #require(result.table("energy-growth"))
    #expect(table.rows.count == 18)
    for row in table.rows where row[0] == "euler" { #expect(row[3] == true) }
    for plot in result.plots { _ = try plot.specification(result.tables) }
  }

  @Test("Trained coefficients: those in use, with their places")
  func coefficients() throws {
    let context = try DiagnosticContext(
      "lm",
      network: NetworkCatalog.make(
        "lm-resnet-20", task: NetworkTask(inputShape: [1, 8, 8], classes: 3), seed: 4))
    let result = try TrainedCoefficients()(context)
    let table = try #require(result.table("coefficients"))
    #expect(table.rows.count == 9)
    // The first block has no history, those of the transitions are forward Euler steps.
    let unused = zip(table["path"], table["is_used"]).filter { $0.1 == false }.compactMap {
      $0.0.text
    }
    #expect(unused == ["stages.0.steps.0", "stages.1.steps.0", "stages.2.steps.0"])
    #expect(table.numbers("mean").allSatisfy { (-0.1...0).contains($0) })
    #expect(table.refusals("is_inside").no == 0)
    let network = try context.requiredNetwork()
    let k = try #require(network.parameters["stages.1.steps.2.k"]).value.scalar()
    #expect(table["mean"][5] == .number(k))
    for plot in result.plots { _ = try plot.specification(result.tables) }
    let plain = try DiagnosticContext(
      "euler",
      network: NetworkCatalog.make(
        "resnet-8", task: NetworkTask(inputShape: [1, 8, 8], classes: 3)))
    #expect(throws: DiagnosticError.self) { try TrainedCoefficients()(plain) }
  }
}
