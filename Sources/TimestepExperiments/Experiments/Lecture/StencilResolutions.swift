import Foundation
import TimestepData
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// `lecture/stencil-prolongation`: stencils at twice the resolution, as operators and in a trained network.
struct StencilResolutions: Experiment {
  let id = "lecture/stencil-prolongation"
  let title =
    "operators of prolonged stencils; a network trained on small images used on large ones"
  let source = "Course code (stencil example); Meganet.m, prolongation of convolutions"
  let assumptions = [
    "One-dimensional example of the course: stencil (-67, 129, -59); periodic grids of 8 to 128 cells, u "
      + "= exp(sin 2 pi x).",
    "Reduced: pre-activation network of depth 14, widths 8, 16, 32, on 5000 images of Fashion-MNIST "
      + "averaged to 14 x 14, 4 epochs, then on the test images at 28 x 28 without any training; batch norm "
      + "keeps the statistics of the small images. Full: depth 20, widths 16, 32, 64, all images, 40 epochs.",
  ]
  private static let coarse = [-67.0, 129, -59]
  private static let copied = "copied"

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [.text("network", "network")],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 2, full: 5)))
    switch scale {
    case .smoke: break
    case .reduced:
      let options = RunOptions.smallPreActivation(depth: 14)
        .on(.fashion14, examples: 5000).trained(epochs: 4, rate: 0.1)
      plan.add([.text("14 x 14")], options)
    case .full:
      var options = RunOptions()
      options.network = "preresnet-20"
      options.dataset = SmallData.fashion14.dataset
      options.batchSize = 128
      plan.add([.text("14 x 14")], options.trained(epochs: 40, rate: 0.1))
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let (stencils, operators) = try self.operators()
    var tables = [stencils, operators]
    var plots = [
      Plot(
        "stencil-operators",
        "Difference of the coarse operator and the fine one, seen on the coarse grid",
        subtitle: ["stencil (-67, 129, -59), u = exp(sin 2 pi x)"],
        layers: [
          .init(
            .line(points: true), of: operators.name, x: .column("cells", scale: .log),
            y: .column("smooth", scale: .log), color: .column("rule"))
        ])
    ]
    var claims = operatorClaims(stencils)
    if !context.trials.all.isEmpty {
      let accuracy = try self.accuracy(context)
      tables.append(accuracy)
      plots.append(
        Plot(
          "stencil-accuracy", "Accuracy on images of twice the size, before any training on them",
          subtitle: ["a point for each seed"],
          layers: [
            .init(
              .point(), of: accuracy.name, x: .column("weights"),
              y: .column("accuracy", includesZero: true), color: .column("weights", isShown: false))
          ]))
      claims.append(accuracyClaim(context, accuracy))
    }
    return ExperimentResult(tables: tables, plots: plots, claims: claims)
  }

  /// The stencil at twice the resolution by every rule, and how its operator differs from the coarse one.
  private func operators() throws -> (stencils: DiagnosticTable, operators: DiagnosticTable) {
    var stencils = DiagnosticTable(
      "stencils", "The course's stencil at twice the resolution", source: source,
      columns: [
        .text("rule", "rule"), .number("left", "left tap"), .number("middle", "middle tap"),
        .number("right", "right tap"), .number("sum", "sum of the taps"),
        .number("galerkin", "largest entry of R K_fine P - K_coarse"),
      ])
    var operators = DiagnosticTable(
      "stencil-operators", "Operators on a smooth function", source: source,
      columns: [
        .text("rule", "rule"), .integer("cells", "coarse cells"),
        .number("smooth", "|R K_fine u_fine - K_coarse u_coarse| / |K_coarse u_coarse|"),
      ])
    let rules =
      [(Self.copied, Self.coarse)]
      + StencilRule.allCases.map { rule in
        (
          rule.rawValue,
          rule.finer.map { row in zip(row, Self.coarse).reduce(0) { $0 + $1.0 * $1.1 } }
        )
      }
    for (name, taps) in rules {
      let grid = PeriodicGrid(cells: 16)
      try stencils.append([
        .text(name), .number(taps[0]), .number(taps[1]), .number(taps[2]),
        .number(taps.reduce(0, +)),
        .number(
          grid.galerkinDifference(
            fine: taps, coarse: Self.coarse, isConstant: name == StencilRule.constant.rawValue)),
      ])
      for cells in [8, 16, 32, 64, 128] {
        let grid = PeriodicGrid(cells: cells)
        try operators.append([
          .text(name), .integer(cells),
          .number(grid.smoothDifference(fine: taps, coarse: Self.coarse)),
        ])
      }
    }
    return (stencils, operators)
  }

  private func operatorClaims(_ stencils: DiagnosticTable) -> [Claim] {
    func row(_ rule: String) -> [Double] {
      (stencils.rows.first { $0[0] == .text(rule) } ?? []).dropFirst().map { $0.number ?? .nan }
    }
    func isNear(_ rule: String, _ taps: [Double]) -> Bool {
      zip(row(rule), taps).allSatisfy { abs($0 - $1) < 1e-9 }
    }
    func text(_ rule: String) -> String {
      "(" + row(rule).prefix(3).map { String(format: "%g", $0) }.joined(separator: ", ") + ")"
    }
    let galerkin = ["linear", "constant"]
    return [
      Claim(
        "The course's stencil becomes (-261.5, 510, -245.5) by linear Galerkin and (-263, 513, -247) by derivatives",
        isNear("linear", [-261.5, 510, -245.5]) && isNear("derivatives", [-263, 513, -247]),
        "\(text("linear")) and \(text("derivatives"))"),
      Claim(
        "Galerkin prolongation keeps the coarse operator, R K_fine P = K_coarse, and the sum of the taps",
        galerkin.allSatisfy { row($0)[4] < 1e-10 && abs(row($0)[3] - 3) < 1e-9 },
        "largest entries \(galerkin.map { row($0)[4].brief }.joined(separator: ", ")), copied taps "
          + row(Self.copied)[4].brief),
    ]
  }

  /// The accuracy of each trained network on images of its own size, and of twice the size by every rule.
  private func accuracy(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "stencil-accuracy", "Test accuracy without training on the large images", source: source,
      columns: [
        .text("weights", "weights"), .integer("seed", "seed"), .integer("size", "rows of an image"),
        .number("accuracy", "test accuracy", unit: "%"),
      ])
    for outcome in context.trials.all {
      let saved = try outcome.saved()
      func add(_ name: String, _ network: ResidualNetwork, _ configuration: RunConfiguration) throws
      {
        let batches = try configuration.makeLoader(.test, forTraining: false).batches(epoch: 0)
        defer { batches.cancel() }
        let found = try Evaluation.of(
          network, for: configuration.dataset.task.objective, on: batches,
          dataType: configuration.precision.parameters)
        try table.append([
          .text(name), .integer(Int(outcome.trial.seed)),
          .integer(configuration.dataset.elementShape[1]),
          .number(found?.accuracy.map { 100 * $0 }),
        ])
      }
      try add("small images", saved.network, saved.configuration)
      var options = saved.configuration.options
      options.dataset = SmallData.fashion28.dataset
      let large = try RunConfiguration(resolving: options)
      let network = try large.makeNetwork(isRestored: true)
      for (mine, its) in zip(network.parameters.all, saved.network.parameters.all) {
        try mine.assign(its.value)
      }
      try add(Self.copied, network, large)
      for rule in StencilRule.allCases {
        try network.prolongStencils(saved.network, by: rule)
        try add(rule.rawValue, network, large)
      }
    }
    return table
  }

  private func accuracyClaim(_ context: ExperimentContext, _ table: DiagnosticTable) -> Claim {
    func accuracies(_ name: String) -> [Double] {
      table.rows.filter { $0[0] == .text(name) }.compactMap { $0[3].number.map { $0 / 100 } }
    }
    let names = ["small images", Self.copied] + StencilRule.allCases.map(\.rawValue)
    return context.claim(
      "Before retraining, a network with prolonged stencils is better on large images than one with copied stencils",
      StencilRule.allCases.map {
        Comparison(accuracies($0.rawValue), accuracies(Self.copied)).isGreater()
      }.any,
      names.map { "\($0): \(accuracies($0).median.percent)" }.joined(separator: ", "))
  }
}
