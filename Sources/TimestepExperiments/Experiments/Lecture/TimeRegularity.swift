import TimestepData
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// `lecture/time-reg`: weights that are kept smooth in time, and what doubling the number of steps after training
/// does.
struct TimeRegularity: Experiment {
  let id = "lecture/time-reg"
  let title = "smoothness of weights in time by regulariser; twice the steps without training"
  let source = "\(Lecture.source), \"penalize time derivatives of weights\"; Meganet.m"
  let assumptions = [
    "Peaks, width 16, ResNet by forward Euler with 16 steps of h = 0.5, tanh, Adam with learning rate "
      + "0.01 divided by 10 at half and at three quarters of 40 epochs, batches of 128.",
    "L2: alpha / 2 integral |theta'|^2, L1: alpha integral sqrt(theta'^2 + 1e-3), over the steps' "
      + "weights and biases.",
    "Twice the steps: h / 2, weights between two steps interpolated linearly, those beyond the last step constant.",
    "Full: alpha from 1e-5 to 1e-1 and five seeds in place of 1e-4, 1e-2 and two.",
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [.text("norm", "regulariser"), .number("alpha", "alpha")],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 2, full: 5)), fewestEpochs: 20)
    func add(_ norm: String, _ alpha: Double) {
      var options = LectureDynamics.resnet.points(steps: 16, time: 8, width: 16)
      options = options.byAdam(on: "peaks", batch: 128, epochs: 40)
      if alpha > 0 { options.regularization = ["time-\(norm.lowercased()):alpha=\(alpha)"] }
      plan.add(
        [.text(norm), .number(alpha)], scale == .smoke ? options.stopped(after: 20) : options)
    }
    add("none", 0)
    let alphas = scale.choose(
      smoke: [1e-2], reduced: [1e-4, 1e-2], full: [1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
    for norm in scale == .smoke ? ["L2"] : ["L2", "L1"] {
      for alpha in alphas { add(norm, alpha) }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "time-reg", "Weights in time, accuracy, and twice the steps", source: source,
      columns: [
        .text("norm", "regulariser"), .number("alpha", "alpha"), .integer("seed", "seed"),
        .text("setting", "setting"),
        .number("roughness", "integral |theta'|^2 over integral |theta|^2"),
        .number("train", "training accuracy", unit: "%"),
        .number("test", "test accuracy", unit: "%"),
        .number("gap", "training - test accuracy", unit: "points"),
        .number("doubled", "test accuracy with twice the steps", unit: "%"),
        .number("change", "change by doubling", unit: "points"),
        .number("outputs", "change of the outputs by doubling, relative"),
      ])
    for outcome in context.trials.all {
      let (norm, alpha) = (
        context.trials.value("norm", of: outcome), context.trials.value("alpha", of: outcome)
      )
      let saved = try outcome.saved()
      let finer = try TimeRefinement(saved)
      guard let train = try saved.evaluate(.train)?.result.accuracy else { continue }
      try table.append([
        norm, alpha, .integer(Int(outcome.trial.seed)),
        .text(norm == "none" ? "none" : "\(norm), alpha = \(alpha)"),
        .number(finer.roughness), .number(100 * train), .number(100 * finer.accuracy),
        .number(100 * (train - finer.accuracy)), .number(100 * finer.doubledAccuracy),
        .number(100 * (finer.doubledAccuracy - finer.accuracy)), .number(finer.outputChange),
      ])
    }
    func median(_ norm: String, _ alpha: Double, _ column: String) -> Double {
      let index = table.index(of: column) ?? 0
      return table.rows.filter { $0[0] == .text(norm) && $0[1].number == alpha }
        .compactMap { $0[index].number }.median
    }
    let most =
      context.trials.all.compactMap {
        context.trials.value("norm", of: $0) == "L2"
          ? context.trials.value("alpha", of: $0).number : nil
      }.max() ?? 0
    func compared(_ column: String) -> (without: Double, with: Double) {
      (median("none", 0, column), median("L2", most, column))
    }
    let (rough, change) = (compared("roughness"), compared("outputs"))
    func line(_ column: String, _ title: String, log: Bool) -> Plot {
      Plot(
        "time-reg-\(column)", title, subtitle: ["a point for each seed"],
        layers: [
          .init(
            .point(), of: table.name, x: .column("setting"),
            y: .column(column, scale: log ? .log : .linear), color: .column("norm"))
        ])
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        line("roughness", "How fast weights change in time", log: true),
        line("outputs", "Change of the outputs by doubling the steps", log: true),
        line("change", "Change of the test accuracy by doubling the steps", log: false),
      ],
      claims: [
        context.claim(
          "The regulariser makes weights smooth in time", rough.with < 0.1 * rough.without,
          "\(rough.without.brief) without, \(rough.with.brief) with L2 and alpha = \(most.brief)"),
        context.claim(
          "Smooth weights let the number of steps be doubled after training with little change",
          change.with < 0.5 * change.without && abs(compared("change").with) < 1,
          "outputs change by \(change.without.percent) without, by \(change.with.percent) with; accuracy by "
            + "\(compared("change").without.brief) and \(compared("change").with.brief) points"),
      ])
  }
}

/// A trained network with twice the steps, half as long, and what becomes of it without training.
struct TimeRefinement {
  /// `sum h |theta'|^2 / sum h |theta|^2` over the weights of the steps.
  let roughness: Double
  /// Test accuracy of the network as it was trained.
  let accuracy: Double
  /// Test accuracy with twice the steps.
  let doubledAccuracy: Double
  /// `|z_2N - z_N| / |z_N|` over the outputs of the test part.
  let outputChange: Double

  /// Measures a trained network for classes of points.
  init(_ saved: SavedRun) throws {
    let configuration = saved.configuration
    guard let family = configuration.family as? any PlannedFamily else {
      throw RunError(
        .configuration, "\(configuration.networkName): the steps of this family cannot be doubled")
    }
    let options = try family.refined(configuration.networkOptions, for: configuration.task)
    let finer = try NetworkCatalog.make(
      family.networkName(options), options, task: configuration.task, seed: configuration.seed,
      dataType: configuration.precision.parameters)
    try finer.prolong(saved.network)
    let examples = try configuration.makeLoader(.test, forTraining: false)
      .wholeSet(configuration.precision.parameters)
    let (before, after) = try withoutGradients {
      (try saved.network(examples.inputs, .evaluation), try finer(examples.inputs, .evaluation))
    }
    func accuracy(_ outputs: Tensor) throws -> Double {
      try outputs.argmax(1).equal(examples.targets).cast(to: .float64).mean().scalar()
    }
    (self.accuracy, doubledAccuracy) = (try accuracy(before), try accuracy(after))
    outputChange = try (after - before).norm().scalar() / before.norm().scalar()
    var (changes, sizes) = (0.0, 0.0)
    for trajectory in try saved.network.weightTrajectories() where !trajectory.isOfNorm {
      let values = try trajectory.parameters.map { try $0.value.detached().cast(to: .float64) }
      for index in 1..<max(values.count, 1) {
        let h = trajectory.times[index] - trajectory.times[index - 1]
        changes += try (values[index] - values[index - 1]).square().sum().scalar() / h
        sizes += try values[index].square().sum().scalar() * h
      }
    }
    roughness = changes / sizes
  }
}
