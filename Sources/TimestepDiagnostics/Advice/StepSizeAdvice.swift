import TimeStepping
import TimestepNetworks

/// For each stage the largest step size h that keeps gradients, noise and the scheme in bounds, from measured spectra.
///
/// ```
/// backward gain        |A(h)^T g| / |g| <= G,        g = dL/du at the stage's end
/// noise amplification  (E|A(h) xi|^2 / E|xi|^2)^1/2 <= M,   xi ~ N(0, I)
/// stability            |R(h lambda)| <= 1 for every eigenvalue lambda of J_l with Re lambda < 0
/// ```
///
/// A(h) is the derivative of the stage's steps with the Jacobians J_l frozen where the trained network has them
/// (``StageLinearization``), R the scheme's amplification factor. The bound that needs no direction,
/// `prod (1 + h W_l) <= G`, gives a smaller h that is safe for every gradient. The paper leaves the choice of h open;
/// this is a local answer: the weights were trained with another h, and a training with the advised h will change them.
public struct StepSizeAdvice: Diagnostic {
  public let name = "step-size"
  public let title = "the largest step size that keeps gradients, noise and the scheme in bounds"
  public let equation =
    "max h: |A(h)^T g| <= G |g|, E|A(h) xi|^2 <= M^2 E|xi|^2, |R(h lambda)| <= 1"
  public let source =
    "Robust ResNet (2019), Propositions 1 and 2; LM-ResNet (2018), stability; the combination is this project's"
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("gain", standard: "10", "largest backward gain G of a stage"),
      ArgumentDescription("noise", standard: "3", "largest noise amplification M of a stage"),
      ArgumentDescription("examples", standard: "4", "examples whose Jacobians are measured"),
      ArgumentDescription("eigenvalues", standard: "24", "dimensions of Arnoldi's subspace"),
      ArgumentDescription("largest", standard: "10", "largest h that is tried, over the h at hand"),
    ]
  }
  private var gainBound = 10.0
  private var noiseBound = 3.0
  private var examples = 4
  private var dimensions = 24
  private var largest = 10.0

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    result.gainBound = try choice.number("gain", in: 1...1e12) ?? gainBound
    result.noiseBound = try choice.number("noise", in: 1...1e12) ?? noiseBound
    result.examples = try choice.integer("examples", in: 1...10_000) ?? examples
    result.dimensions = try choice.integer("eigenvalues", in: 2...10_000) ?? dimensions
    result.largest = try choice.number("largest", in: 1...1e6) ?? largest
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    guard let network = context.network else { return nil }
    if network.stateType != nil { return BackwardGain.precisionProblem }
    for stage in network.stages {
      if let problem = StageLinearization.refusal(stage.scheme) {
        return "the scheme \(stage.scheme.name) \(problem)"
      }
      if stage.grid.sizes.contains(where: { $0 <= 0 }) {
        return "a step size is 0, so that there is nothing to scale"
      }
    }
    return nil
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let began = ContinuousClock.now
    let batch = try data.batch(of: .train, examples: min(examples, context.budget.examples))
    let (states, gradients) = try NetworkPasses(network: network).stageStates(
      of: batch, data.objective)
    let bounds = StepSizeScan.Bounds(gain: gainBound, noise: noiseBound)
    var tables = StepSizeTables(bounds, source: source)
    for (number, stage) in network.stages.enumerated() where !stage.steps.isEmpty {
      guard let gradient = gradients[number] else {
        throw DiagnosticError(.fault, name, "the gradient of stage \(number) was not seen")
      }
      // Each stage has its part of the time.
      let end =
        context.budget.seconds * Double(number + 1) / Double(network.stages.count)
      func isTimeUp() -> Bool { (ContinuousClock.now - began) / Duration.seconds(1) > end }
      let study = try StepSizeStudy(
        StageLinearization(stage, states: states[number]), gradient: gradient,
        dimensions: dimensions, seed: context.seed)
      let scan = try StepSizeScan(study, bounds, largest: largest, isTimeUp: isTimeUp)
      let limits = try StepSizeLimits(study, scan, largest: largest, isTimeUp: isTimeUp)
      try tables.add(stage: number, of: network, study, scan, limits)
    }
    tables.advice.notes.insert(
      "\(batch.count.of("training example")), in evaluation; eigenvalues are Ritz values of \(dimensions) dimensions, "
        + "of the first example.", at: 0)
    let plots = try tables.plots(context.label)
    return DiagnosticResult(
      tables: [tables.advice, tables.scan, tables.spectrum, tables.plane], plots: plots,
      summary: tables.summary)
  }
}
