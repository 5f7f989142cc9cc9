import TimestepDiagnostics

/// `lm/fig1`: schematics of ResNet, PolyNet, FractalNet and RevNet, drawn from the schemes themselves, and of LM-ResNet.
struct NetworkSchematics: Experiment {
  let id = "lm/fig1"
  let title = "schematics of four networks, and of LM-ResNet"
  let source = "\(LM.source), figure 1"
  let assumptions = [
    "The pictures are what the schemes do with symbols; the source draws convolutions of FractalNet as boxes of their own."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    ExperimentResult(try Schematics().measure(DiagnosticContext("schemes")))
  }
}
