import TestSupport
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

  @Test("What was followed in the training is shown whatever became of the weights")
  func followed() throws {
    let scratch = try Scratch()
    var context = try Subjects.points("dense-2")
    context.directory = scratch.url
    try scratch.write(
      "step,epoch,stem,stages.0.steps.0,stages.0.steps.1\n1,1,1,0.5,0.25\n2,2,nan,nan,nan\n",
      to: GradientRatioLog.fileName)
    try scratch.write(
      "step,epoch,weight 2 b,gradient 2 b\n1,1,3,4\n2,2,nan,nan\n", to: LayerNormLog.fileName)
    for parameter in try context.requiredNetwork().parameters.trainable {
      try spoil(parameter, by: .nan)
    }
    let ratios = try context.result(of: "gradient-ratios")
    #expect(ratios.tables.map(\.name) == ["gradient-ratios-by-epoch"])
    #expect(
      ratios.tables[0]["ratio"] == [1.0, 0.5, 0.25, .missing, .missing, .missing])
    let norms = try context.result(of: "layer-norms")
    #expect(norms.tables.map(\.name) == ["layer-norms-by-step"])
    #expect(norms.tables[0].numbers("weight").first == 3)
    for result in [ratios, norms] {
      #expect(result.summary.last?.contains("nothing was measured on the network itself") == true)
    }
    // Where none of its layers was followed there is nothing to show.
    let error = try #require(try problem(of: "layer-norms:layers=3", context))
    #expect(error.kind == .badData)
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
