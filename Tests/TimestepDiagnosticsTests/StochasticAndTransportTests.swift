import Foundation
import Testing
import TimeStepping
import TimestepDiagnostics

/// Diagnostics of LM-ResNet's theory against closed forms.
@Suite struct StochasticAndTransportTests {
  private let context = DiagnosticContext("nothing")

  @Test(
    "Weak orders: 1, but for the third moment of stochastic depth with p = 0.8, which tends to 1/2")
  func weakOrders() throws {
    let result = try WeakErrors()(context)
    let errors = try #require(result.table("weak-error"))
    func orders(_ rule: String, _ power: Int) -> [Double] {
      errors.rows.filter { $0[0] == .text(rule) && $0[2] == .integer(power) }
        .compactMap { $0[5].number }
    }
    for rule in ["stochastic depth, p = 0.5", "stochastic depth, p = 0.8", "shake-shake"] {
      for power in 1...3 where rule != "stochastic depth, p = 0.8" || power < 3 {
        #expect(abs((orders(rule, power).last ?? 0) - 1) < 0.02, "\(rule), \(power)")
      }
    }
    // For dt = 1/16 ... 1/256, LM-ResNet, section 3.
    let third = orders("stochastic depth, p = 0.8", 3)
    for (found, expected) in zip(third[1...4], [0.81, 0.82, 0.81, 0.78]) {
      #expect(abs(found - expected) < 0.005)
    }
    #expect(abs((third.last ?? 0) - 0.5) < 0.02)
    #expect(try WeakRule.identityError() == 0)
  }

  /// Each cosine is multiplied by the amplification factor g once for each step: |g|^N and N arg g.
  @Test("Lax-Friedrichs and Lax-Wendroff by their amplification factors")
  func amplification() {
    let cells = 64
    let r = TransportEquation.courant
    for scheme in TransportEquation.Scheme.allCases {
      let found = TransportEquation.run(scheme, cells: cells)
      let steps = Double(2 * cells)
      for (j, value) in found.enumerated() {
        var expected = 0.0
        for wave in TransportEquation.waves {
          let xi = 2 * Double.pi * Double(wave)
          let angle = xi / Double(cells)
          let (real, imaginary) =
            scheme == .laxFriedrichs
            ? (cos(angle), r * sin(angle)) : (1 - r * r * (1 - cos(angle)), r * sin(angle))
          let growth = pow((real * real + imaginary * imaginary).squareRoot(), steps)
          let phase = xi * (Double(j) / Double(cells) - 0.5) + steps * atan2(imaginary, real)
          let width = TransportEquation.width
          expected +=
            (wave == 0 ? 1 : 2) * exp(-xi * xi * width * width / 2) * growth * cos(phase)
        }
        #expect(abs(value - expected) < 1e-10, "\(scheme), cell \(j)")
      }
    }
  }

  @Test("The modified equations are met to a higher order than the original one")
  func modifiedEquations() {
    for (scheme, original, modified) in [
      (TransportEquation.Scheme.laxFriedrichs, 1.0, 2.0), (.laxWendroff, 2, 3),
    ] {
      let (coarse, fine) = (
        TransportEquation.errors(scheme, cells: 4096), TransportEquation.errors(scheme, cells: 8192)
      )
      #expect(abs(log2(coarse.original / fine.original) - original) < 0.15, "\(scheme)")
      #expect(abs(log2(coarse.modified / fine.modified) - modified) < 0.15, "\(scheme)")
    }
  }

  @Test("The input is found again, but for LM with |k| < 1, whose errors grow by 1/|k|")
  func reconstruction() throws {
    let diagnostic = try #require(
      try Reconstruction().configured(NamedChoice("diagnostic", "reconstruction:dimension=8"))
        as? Reconstruction)
    let result = try diagnostic(context)
    let growth = try #require(result.table("reconstruction-growth"))
    for row in growth.rows where row[0] == "lm:k=-0.5" {
      #expect(abs((row[2].number ?? 0) / 2 - 1) < 0.15, "\(row)")
    }
    let errors = try #require(result.table("reconstruction"))
    for row in errors.rows where row[2] == 50 {
      let error = row[3].number ?? .nan
      if row[0].text?.hasPrefix("lm:k=-0.5") == true {
        #expect(!(error < 1e-3), "\(row)")
      } else if row[0].text?.contains("0.9") == false {
        #expect(error < (row[1] == "float64" ? 1e-10 : 1e-3), "\(row)")
      }
    }
    #expect(throws: ArgumentError.self) {
      try Reconstruction().configured(NamedChoice("diagnostic", "reconstruction:dimension=7"))
    }
  }

  @Test("A scheme run on symbols has its evaluations and its factors")
  func schematics() throws {
    let result = try Schematics()(context)
    let table = try #require(result.table("schematic"))
    func labels(_ picture: String, _ kind: String) -> [String] {
      table.rows.filter { $0[0] == .text(picture) && $0[1] == .text(kind) }
        .compactMap { $0[2].text }
    }
    #expect(labels("(a) ResNet: forward Euler", "field") == ["f"])
    #expect(labels("(b) PolyNet: poly-2", "field") == ["f", "f"])
    #expect(labels("(d) RevNet: symplectic Euler", "state") == ["X", "Y"])
    #expect(Set(labels("(d) RevNet: symplectic Euler", "sum")) == ["X+", "Y+"])
    #expect(Set(labels("(e) LM-ResNet: k = -0.5", "factor")) == ["1.5", "-0.5"])
    // Heun's scheme: u + f0/2 + f1/2.
    #expect(labels("(c) FractalNet: order 2", "factor") == ["0.5", "0.5"])
    let choice = try NamedChoice("diagnostic", "schematic:scheme=linearly-implicit")
    let implicit = try Schematics().configured(choice)
    // A call of the value inside the macro's closure crashes the compiler (Swift 6.3).
    #expect(throws: DiagnosticError.self) { try implicit.callAsFunction(context) }
  }

  @Test("With the solution as its history LM is of order 1, and of order 2 for k = 1")
  func history() throws {
    var orders = ConvergenceOrders()
    orders.schemes = [LinearMultistep(k: .constant(1)), LinearMultistep(k: .constant(-0.5))]
    orders.labels = ["1", "-0.5"]
    #expect(
      try orders(context).tables[0].rows.filter { $0[0] == "1" }
        .allSatisfy { abs(($0[3].number ?? 0) - 1) < 0.1 })
    orders.hasHistory = true
    for row in try orders(context).tables[0].rows {
      #expect(abs((row[3].number ?? 0) - (row[0] == "1" ? 2 : 1)) < 0.1, "\(row)")
    }
  }
}
