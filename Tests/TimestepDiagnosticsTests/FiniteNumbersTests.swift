import Testing
import TimeStepping
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// What a diverged training leaves is refused before anything is measured on it.
@Suite("Models that are not finite")
struct FiniteNumbersTests {
  private static func names(_ inputs: [DiagnosticInput]) -> [String] {
    DiagnosticCatalog.all.filter { inputs.contains($0.input) }.map(\.name)
  }

  /// The first subject on which a diagnostic can be carried out.
  private func subject(of name: String) throws -> DiagnosticContext {
    let diagnostic = try DiagnosticCatalog.diagnostic(named: name)
    let subjects = try ["points", "post-activated", "multistep"].map { try Subjects.make($0) }
    return try #require(subjects.first { diagnostic.refusal($0) == nil })
  }

  private func problem(of name: String, _ context: DiagnosticContext) throws -> DiagnosticError? {
    do {
      _ = try context.result(of: name)
      return nil
    } catch let error as DiagnosticError { return error }
  }

  private func spoil(_ parameter: Parameter, by value: Double) throws {
    try parameter.assign(try parameter.value.detached() * value)
  }

  @Test(
    "Every diagnostic that looks at weights names the first parameter that is none, and its block",
    arguments: names([.network, .trainedRun]), [Double.nan, .infinity])
  func weights(name: String, value: Double) throws {
    let context = try subject(of: name)
    let network = try context.requiredNetwork()
    let path = network.stages[0].grid.steps > 1 ? "stages.0.steps.1." : "stages.1.steps.0."
    let parameter = try #require(
      network.parameters.all.first {
        $0.path.hasPrefix(path) && $0.path.hasSuffix("weight")
      })
    try spoil(parameter, by: value)
    let error = try #require(try problem(of: name, context))
    #expect(error.kind == .badData)
    #expect(
      error.problem.contains("\(parameter.path) of block 2 ")
        && error.problem.contains("checkpoints"), "\(error)")
  }

  @Test("Running statistics count, and finite weights whose states are not are told by the layer")
  func states() throws {
    let context = try Subjects.make("post-activated")
    let network = try context.requiredNetwork()
    let variance = try #require(network.parameters.all.first { $0.path.hasSuffix("running_var") })
    let kept = try variance.value.detached().copied()
    try spoil(variance, by: .nan)
    let error = try #require(try problem(of: "singular-values", context))
    #expect(error.problem.contains("buffer \(variance.path)"), "\(error)")
    try variance.assign(kept)
    for parameter in network.parameters.trainable where parameter.path.contains("stages.1") {
      try spoil(parameter, by: 1e200)
    }
    for name in ["robustness", "step-size", "loss-landscape", "block-deletion"] {
      let error = try #require(try problem(of: name, context))
      #expect(error.kind == .badData && error.problem.contains("layer stages.1"), "\(error)")
    }
    // It looks at the weights alone.
    #expect(try problem(of: "singular-values", context) == nil)
  }

  @Test("Histories are looked at whatever became of the weights", arguments: names([.histories]))
  func histories(name: String) throws {
    var context = try Subjects.points()
    context.histories = Subjects.histories
    for parameter in try context.requiredNetwork().parameters.trainable {
      try spoil(parameter, by: .nan)
    }
    #expect(try !context.result(of: name).tables.isEmpty)
  }
}
