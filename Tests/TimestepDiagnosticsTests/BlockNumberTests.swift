import Foundation
import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Blocks have the same number in whatever is said about them.
@Suite("Numbers of blocks")
struct BlockNumberTests {
  private static let names = DiagnosticCatalog.all.filter {
    [.network, .trainedRun].contains($0.input)
  }.map(\.name)

  @Test(
    "In every table a block has its number along the network from 1, and its stage",
    arguments: names)
  func numbers(name: String) throws {
    let contexts = try [
      Subjects.points(), Subjects.images("resnet-8", widths: [4, 4, 6]),
      Subjects.images("lm-resnet-14", widths: [2, 3, 4]),
      // Transitions that stand by themselves.
      Subjects.images("hamiltonian-6", widths: [4, 4, 4]),
    ]
    for context in contexts {
      let network = try context.requiredNetwork()
      let input = try context.requiredData().batch(of: .test, examples: 1).inputs
      let blocks = try network.blocks(of: input, .evaluation)
      let numbers = Dictionary(uniqueKeysWithValues: zip(blocks.map(\.path), 1...))
      let result: DiagnosticResult
      do { result = try context.result(of: name) } catch let error as DiagnosticError {
        #expect(error.kind == .doesNotApply)
        continue
      }
      for table in result.tables where table.index(of: "block") != nil {
        let (paths, stages) = (table["path"].compactMap(\.text), table["stage"])
        for (index, path) in paths.enumerated() {
          let number = numbers[path.replacingOccurrences(of: "inlet", with: "transition")] ?? 0
          #expect(table["block"][index] == .integer(number), "\(table.name): \(path)")
          let stage = blocks.first { $0.path == path }.map { "stage \($0.stage)" }
          if stage != nil { #expect(stages[index].text == stage, "\(table.name): \(path)") }
        }
        #expect(table["block"].allSatisfy { ($0.number ?? -1) <= Double(blocks.count) })
      }
    }
  }
}
