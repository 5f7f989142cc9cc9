import Foundation
import Testing
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// What is marked as converged is what the whole matrix says, however early an iteration ended.
@Suite("Converged singular values")
struct ConvergenceTests {
  @Test(
    "Every value marked as converged agrees with the dense decomposition",
    arguments: ["resnet-8", "preresnet-8"])
  func marked(name: String) throws {
    let context = DiagnosticContext(
      name, network: try network(name), budget: DiagnosticBudget(seconds: 60))
    let dense = try context.result(of: "singular-values:dense=8192").tables[0]
    #expect(dense["is_converged"].allSatisfy { $0 == true })
    #expect(dense["method"].allSatisfy { $0 == "dense matrix" })
    var (converged, cut) = (0, 0)
    for steps in [4, 20, 60, 200, 500] {
      let table = try context.result(of: "singular-values:dense=1,steps=\(steps)").tables[0]
      for row in table.rows.indices {
        let (largest, smallest) = (
          table.numbers("largest")[row], table.numbers("smallest")[row]
        )
        let (most, least) = (dense.numbers("largest")[row], dense.numbers("smallest")[row])
        #expect(table["method"][row] == "Lanczos")
        if table["is_largest_converged"][row] == true {
          #expect(abs(largest - most) < 1e-6 * most, "\(name), \(steps) steps, layer \(row + 1)")
        }
        if table["is_converged"][row] == true {
          converged += 1
          // Below 1e-6 of the largest a value is 0.
          #expect(
            abs(smallest - least) < max(1e-2 * least, 1.1e-6 * most),
            "\(name), \(steps) steps, layer \(row + 1): \(smallest), \(least)")
        } else {
          cut += 1
          #expect(largest <= most * (1 + 1e-9) && smallest >= least - 1e-9 * most)
        }
      }
    }
    #expect(converged > 0 && cut > 0, "\(converged) converged, \(cut) not")
  }

  /// A small network with kernels as they are drawn.
  private func network(_ name: String) throws -> ResidualNetwork {
    var options = NetworkOptions()
    options.widths = [2, 3, 4]
    return try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: [2, 8, 8], classes: 3), seed: 4,
      dataType: .float64)
  }

  @Test("Without time, what is left over is counted, and the small operators come first")
  func time() throws {
    let context = DiagnosticContext(
      "resnet-8", network: try network("resnet-8"), budget: DiagnosticBudget(seconds: 1e-9))
    let result = try context.result(of: "singular-values:dense=60")
    let table = result.tables[0]
    let left = table["is_converged"].filter { $0 == false }.count
    #expect(left > 0)
    #expect(
      result.summary.contains {
        $0.hasPrefix("\(left) of \(table.rows.count) did not converge") && $0.contains("--seconds")
      }, "\(result.summary)")
    for row in table.rows.indices {
      let isDense = table["method"][row] == "dense matrix"
      #expect(table["is_converged"][row] == true || !isDense)
    }
  }
}
