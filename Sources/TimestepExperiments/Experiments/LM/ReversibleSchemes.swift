import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks

/// `lm/reversible`: how exactly networks find their input again, and the memory that this saves.
struct ReversibleSchemes: Experiment {
  let id = "lm/reversible"
  let title = "the input rebuilt by reversible schemes, and the memory of training"
  let source = "\(LM.source), section 2; Gomez et al. (2017)"
  let assumptions = [
    "Random networks of one layer in each step, h = 0.1; the source names no measurement.",
    "Kept numbers are those that stay for the gradient of one example until it is computed; memory is the peak of a "
      + "process that trains RevNet (widths 16, 32, 64, 14 x 14 images, batches of 256) for two steps.",
  ]

  private static let adjoints = ["stored", "reversible"]
  private static let adjoint = DiagnosticTable.Column.text("adjoint", "adjoint")

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [LM.depth, Self.adjoint], seeds: [7], fewestEpochs: 1)
    for depth in scale.choose(smoke: [14], otherwise: [26, 50, 110]) {
      for adjoint in Self.adjoints {
        var options = RunOptions()
        options.network = "revnet-\(depth)"
        options.widths = [16, 32, 64]
        options.adjoint = adjoint
        options =
          scale == .smoke
          ? options.onSmoke(.fashion14, steps: 2)
          : options.on(.fashion14, examples: 512).trained(epochs: 1, rate: 0.1)
        options.batchSize = scale == .smoke ? 32 : 256
        options.testLimit = 64
        plan.add([.integer(depth), .text(adjoint)], options)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = Reconstruction()
    if context.scale == .smoke { diagnostic.depths = [10, 20] }
    let figures = try diagnostic.measure(DiagnosticContext("random networks", seed: context.seed))
    let memory = try memory(context)
    let depths = memory.numbers("depth")
    let kept = memory.numbers("kept")
    func growth(_ adjoint: String) -> Double {
      let rows = zip(memory["adjoint"], zip(depths, kept)).filter { $0.0 == .text(adjoint) }
        .map(\.1)
      guard let first = rows.min(by: { $0.0 < $1.0 }), let last = rows.max(by: { $0.0 < $1.0 })
      else { return .nan }
      return last.1 / first.1
    }
    let claims =
      try reconstructionClaims(figures, diagnostic) + [
        context.claim(
          "Activations of a reversible network need not be stored: what is kept does not grow with depth",
          growth("reversible") < 1.1 && growth("stored") > 2,
          "from depth \((depths.min() ?? .nan).brief) to \((depths.max() ?? .nan).brief): kept numbers times "
            + "\(growth("stored").brief) stored, times \(growth("reversible").brief) reversible")
      ]
    return ExperimentResult(
      tables: figures.tables + [memory],
      plots: figures.plots + [
        Plot(
          "memory", "What training keeps for the gradient",
          subtitle: ["RevNet, widths 16, 32, 64, 14 x 14 images"],
          layers: [
            .init(
              .line(points: true), of: memory.name, x: .column("depth"),
              y: .column("kept", scale: .log), color: .column("adjoint"))
          ])
      ], claims: claims)
  }

  /// Two-stream and two-step schemes invert to rounding; LM with |k| < 1 loses 1/|k| in every step.
  private func reconstructionClaims(_ figures: DiagnosticResult, _ diagnostic: Reconstruction)
    throws -> [Claim]
  {
    let table = figures.tables[0]
    let depth = diagnostic.depths.last { $0 <= 50 } ?? 0
    func error(_ scheme: String, _ precision: String) -> Double {
      table.rows.first {
        $0[0] == .text(scheme) && $0[1] == .text(precision) && $0[2] == .integer(depth)
      }?[3].number ?? .nan
    }
    let exact = [
      "rev", "hamiltonian", "hamiltonian-2", "midpoint", "verlet", "leapfrog", "lm:k=1", "lm:k=-1",
    ]
    let (double, single) = (
      exact.map { error($0, "float64") }.max() ?? .nan,
      exact.map { error($0, "float32") }.max() ?? .nan
    )
    let growth = figures.tables[1]
    let half = growth.rows.first { $0[0] == "lm:k=-0.5" }?[2].number ?? .nan
    return [
      Claim(
        "RevNet, Hamiltonian pairs, midpoint (k = 1) and Verlet (k = -1) invert to rounding error",
        double < 1e-10 && single < 1e-3,
        "\(depth) steps: at most \(double.brief) in float64, \(single.brief) in float32"),
      Claim(
        "LM with 0 < |k| < 1 can be inverted, but errors grow by about 1/|k| per step",
        half.isNaN ? nil : half > 1.7 && half < 2.4,
        "k = -0.5: \(half.brief) per step; after \(depth) steps "
          + "\(error("lm:k=-0.5", "float64").brief) in float64, \(error("lm:k=-0.5", "float32").brief) in float32"
      ),
    ]
  }

  private func memory(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "memory", "What training keeps for the gradient", source: source,
      columns: [
        LM.depth, Self.adjoint,
        .number("kept", "numbers kept for one example"),
        .number("peak", "peak memory of the process", unit: "MiB"),
      ])
    for outcome in context.trials.all {
      let network = try outcome.trial.configuration.makeNetwork()
      try table.append([
        context.trials.value("depth", of: outcome), context.trials.value("adjoint", of: outcome),
        .number(Double(network.keptElements())),
        .number(Double(outcome.summary.peakMemoryBytes) / 1_048_576),
      ])
    }
    return table
  }
}
