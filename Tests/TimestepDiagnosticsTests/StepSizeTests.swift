import Foundation
import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Limits of the step size when the time does not suffice for all of them.
@Suite("Advice on step sizes that was cut short")
struct StepSizeTests {
  /// Six equal linear blocks, of which every limit is known once the whole range was tried.
  private func study(h: Double) throws -> StepSizeStudy {
    let context = try Subjects.linear(h: h, depth: 6)
    let (network, data) = (try context.requiredNetwork(), try context.requiredData())
    let (states, gradients) = try NetworkPasses(network: network).stageStates(
      of: data.batch(of: .train, examples: 4), data.objective)
    return try StepSizeStudy(
      StageLinearization(network.stages[0], states: states[0]),
      gradient: try #require(gradients[0]), dimensions: 2, seed: 1)
  }

  @Test(
    "However early the time is up, a limit is that of the whole scan or is said not to be known",
    arguments: [0.05, 0.5, 20])
  func cut(h: Double) throws {
    let study = try study(h: h)
    let bounds = StepSizeScan.Bounds(gain: 1.5, noise: 1.5)
    let whole = try StepSizeScan(study, bounds, largest: 100) { false }
    #expect(whole.end == .range)
    let expected = try StepSizeLimits(study, whole, largest: 100) { false }
    let (gain, noise) = try (#require(expected.gain.value), #require(expected.noise.value))
    var (known, unknown) = (0, 0)
    for most in 0..<whole.points.count - 1 {
      var asked = 0
      let scan = try StepSizeScan(study, bounds, largest: 100) {
        asked += 1
        return asked > most
      }
      #expect(scan.points.count == most + 1 && scan.end != .range)
      #expect(scan.points.contains { $0.h == scan.now.h })
      let limits = try StepSizeLimits(study, scan, largest: 100) { true }
      for (limit, full) in [
        (limits.gain, gain), (limits.noise, noise), (limits.advised, min(gain, noise)),
      ] {
        switch limit {
        case .at(let low, let high):
          #expect(low <= full * (1 + 1e-9) && full <= high * (1 + 1e-9), "\(limit), \(full)")
          known += 1
        case .atLeast(let tried): #expect(tried <= full * (1 + 1e-9), "\(limit), \(full)")
        case .below(let tried): #expect(tried >= full, "\(limit), \(full)")
        }
        if limit.value == nil { unknown += 1 }
      }
      let isMet = limits.gain.value != nil && limits.noise.value != nil
      #expect((scan.end == .timeForBounds) == !isMet)
    }
    #expect(known > 10 && unknown > 0)
  }

  @Test("Without time, the table has no limits but those of the modes, and says so")
  func table() throws {
    var context = try Subjects.points()
    context.budget.seconds = 1e-9
    let table = try context.result(of: "step-size:gain=1e6,noise=1e6").tables[0]
    for column in ["h_gain", "h_noise", "advice"] {
      #expect(table[column].allSatisfy { $0 == .missing }, "\(column)")
    }
    #expect(table["is_cut"].allSatisfy { $0 == true })
    #expect(table.numbers("gain").allSatisfy { $0.isFinite })
    #expect(
      table["reasoning"].allSatisfy { $0.text?.contains("at least, when the time was up") == true })
    context.budget.seconds = 60
    let whole = try context.result(of: "step-size:gain=1e6,noise=1e6,largest=1.5").tables[0]
    #expect(whole["is_cut"].allSatisfy { $0 == false })
    #expect(whole["advice"].allSatisfy { $0 == .missing })
    #expect(
      whole["reasoning"].allSatisfy { $0.text?.contains("at least, the largest tried") == true })
  }

  @Test("What is stable up to the largest h has no limit; the plane has the border of the region")
  func stability() throws {
    let context = try Subjects.points { $0.h = 0.01 }
    let result = try context.result(of: "step-size:largest=1,eigenvalues=2")
    #expect(result.tables[0]["h_stable"].allSatisfy { $0 == .missing })
    let plane = try #require(result.table("step-size-plane"))
    let pieces = plane.rows.indices.filter { plane["part"][$0] == "border" }
    #expect(pieces.count > 100)
    // Forward Euler: the circle around -1.
    for (x, y) in [("re", "im"), ("re_end", "im_end")] {
      let (xs, ys) = (plane.numbers(x), plane.numbers(y))
      #expect(pieces.allSatisfy { abs(hypot(xs[$0] + 1, ys[$0]) - 1) < 2e-4 })
    }
  }
}
