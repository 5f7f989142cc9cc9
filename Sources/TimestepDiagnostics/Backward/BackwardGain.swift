import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// How much the gradient grows from the end of a stage back to each of its blocks, against two bounds.
///
/// ```
/// |dL/du_n| / |dL/du_D|  <=  prod_{l=n}^{D-1} (1 + h W_l)  <=  1 - h + h (1 + W)^{D-n},   0 <= h <= 1
/// ```
///
/// W_l is the norm of the Jacobian of the field in block l, the largest over the examples, W the largest W_l; the second
/// bound is Proposition 1, which does not hold for h > 1. Batch norms use running statistics: the Jacobians of examples do
/// not depend on each other. Bounds are for forward Euler; an activation after the step only shortens gradients.
public struct BackwardGain: Diagnostic {
  public let name = "backward-gain"
  public let title = "growth of the gradient against the product bound and Proposition 1"
  public let equation = "|g_n| / |g_D| <= prod (1 + h W_l) <= 1 - h + h (1 + W)^(D-n), 0 <= h <= 1"
  public let source = "Robust ResNet (2019), equation 6 and Proposition 1"
  public let input = DiagnosticInput.trainedRun
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("examples", standard: "8", "examples of the training part to look at"),
      ArgumentDescription("iterations", standard: "50", "most power iterations for a norm"),
    ]
  }
  private var examples = 8
  private var iterations = 50

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var result = self
    result.examples = try choice.integer("examples", in: 1...100_000) ?? examples
    result.iterations = try choice.integer("iterations", in: 1...1_000_000) ?? iterations
    return result
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    guard let network = context.network else { return nil }
    if network.stateType != nil { return Self.precisionProblem }
    return network.stages.map(\.scheme).first { !$0.isForwardEuler }.map {
      "its bounds are for forward Euler, and the network steps by \($0.name); see step-size"
    }
  }

  static let precisionProblem =
    "derivatives need more digits than bfloat16 has; use --precision fp32 or fp64"

  /// Proposition 1 for D blocks.
  package static func paperBound(h: Double, norm: Double, blocks: Int) -> Double {
    1 - h + h * pow(1 + norm, Double(blocks))
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let batch = try data.batch(
      of: .train, examples: min(examples, context.budget.examples))
    let passes = NetworkPasses(network: network)
    // From the input on, so that there is a gradient before the first block where nothing is learned before it.
    let gradients = try passes.gradientNorms(
      of: batch, data.objective, isTraining: false, seesStem: true
    ).probe.gradientNorms
    let states = try passes.stageStates(of: batch.inputs)
    let generator = try Generator(seed: context.seed)
    var table = DiagnosticTable(
      "backward-gain", "Growth of the gradient from the end of a stage back", source: source,
      notes: [
        "\(batch.count.of("training example")); norms of Jacobians by power iteration, from below.",
        "W_l is the largest over the examples; running statistics in batch norms.",
        "Proposition 1 is left out where h > 1: it does not hold there.",
      ],
      columns: BlockPlace.columns + [
        .number("h", "step size h"), .number("norm", "norm W_l of the field's Jacobian"),
        .number("gain", "measured gain"), .number("product", "product bound"),
        .number("paper", "bound of Proposition 1"),
      ])
    var summary: [String] = []
    for (number, stage) in network.stages.enumerated() where !stage.steps.isEmpty {
      let linear = StageLinearization(stage, states: states[number])
      let iteration = PowerIteration(steps: iterations, tolerance: 1e-4)
      let norms = try linear.steps.map {
        try linear.jacobian(ofStep: $0).norms(iteration, generator).max() ?? .nan
      }
      let ends = gradients.indices.filter { index in
        let place = BlockPlace(gradients[index].path, of: network)
        return place.stage == number && place.step.map { linear.steps.contains($0) } == true
      }
      guard let first = ends.first, let last = ends.last, first > 0,
        ends.count == linear.steps.count
      else {
        throw DiagnosticError(.fault, name, "the gradients of stage \(number) were not seen")
      }
      let sizes = linear.sizes
      let largest = norms.max() ?? .nan
      let isUniform = Set(sizes).count <= 1
      for (place, step) in linear.steps.enumerated() {
        let gain = gradients[first + place - 1].norm / gradients[last].norm
        let product = zip(sizes[place...], norms[place...]).reduce(1.0) { $0 * (1 + $1.0 * $1.1) }
        let h = sizes[place]
        let paper =
          isUniform && h <= 1
          ? Self.paperBound(h: h, norm: largest, blocks: sizes.count - place) : nil
        try table.append(
          BlockPlace("stages.\(number).steps.\(step)", of: network).cells + [
            .number(h), .number(norms[place]), .number(gain), .number(product), .number(paper),
          ])
        if place == 0 {
          summary.append(
            "stage \(number), \(sizes.count.of("block")), h = \(h.text): gradient grows \(gain.text) times; "
              + "product bound \(product.text)"
              + (paper.map { ", Proposition 1 \($0.text)" } ?? "")
              + (gain <= product * (1 + 1e-3) ? "" : "; ABOVE THE BOUND"))
        }
      }
    }
    func line(_ column: String, _ label: JSONValue, dashed: Bool) -> Plot.Layer {
      .init(
        .line(points: !dashed, dashed: dashed), of: table.name, x: .column("block", .ordinal),
        y: .column(column, scale: .log, title: "gain from the stage's end"),
        color: .datum(label))
    }
    let plot = Plot(
      "backward-gain", "Growth of the gradient against its bounds",
      subtitle: [context.label, "from the end of each stage back to the state before the block"],
      layers: [
        line("gain", "measured", dashed: false),
        line("product", "product bound", dashed: true),
        line("paper", "Proposition 1", dashed: true),
      ], facet: .init("stage", columns: 3, independentX: true, independentY: true), width: 280,
      height: 240)
    return DiagnosticResult(tables: [table], plots: [plot], summary: summary)
  }
}

extension Scheme {
  /// Whether a step is `I(u + h f(u))`.
  var isForwardEuler: Bool {
    name == ForwardEuler().name || name == PostActivatedEuler().name
  }
}
