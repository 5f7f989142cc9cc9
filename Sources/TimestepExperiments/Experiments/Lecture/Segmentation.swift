import TimestepData
import TimestepDiagnostics
import TimestepTorch

/// `lecture/segmentation`: a class for each pixel of synthetic images, by dynamics.
struct Segmentation: Experiment {
  let id = "lecture/segmentation"
  let title = "pixel accuracy and intersection over union by dynamics, on synthetic shapes"
  let source = "\(Lecture.source), learning task \"segmentation\""
  let assumptions = [
    "The slides only name the task. Discs and rectangles with noise, 32 x 32 pixels, 1000 and 200 "
      + "images; 8 channels, 6 steps at full size, h = 0.5; Adam with learning rate 0.01, divided by 10 at "
      + "half and at three quarters of 10 epochs, batches of 32.",
    "Full: 30 epochs and five seeds.",
  ]
  /// The networks, all of them one stage of convolutions with batch norm and ReLU.
  private static let networks = [
    ("parabolic, forward Euler", "parabolic"), ("antisymmetric, RK4", "antisymmetric"),
    ("Hamiltonian", "hamiltonian"), ("leapfrog", "leapfrog"),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Lecture.dynamics],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 2, full: 5)))
    for (name, family) in Self.networks {
      var options = RunOptions()
      options.network = "\(family)-6"
      options = options.byAdam(
        on: "synthetic-shapes", batch: 32, epochs: scale.choose(smoke: 1, reduced: 10, full: 30))
      if scale == .smoke {
        options.dataset = "synthetic-shapes:count=40"
        options.batchSize = 8
        options.maxSteps = 4
        options.dropAt = []
      }
      plan.add([.text(name)], options, isOptional: family == "leapfrog")
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let accuracy = try context.trials.overSeeds(
      "segmentation", "Mean intersection over union after the last epoch", source: source,
      column: .number("iou", "mean IoU", unit: "%")
    ) { $0.summary.finalTestMeanIoU.map { 100 * $0 } }
    let pixels = try context.trials.overSeeds(
      "segmentation-pixels", "Pixel accuracy after the last epoch", source: source,
      column: .number("accuracy", "pixel accuracy", unit: "%")
    ) { 100 * $0.finalAccuracy }
    var epochs = DiagnosticTable(
      "segmentation-epochs", "Mean intersection over union by epoch", source: source,
      columns: [
        Lecture.dynamics, .integer("seed", "seed"), .text("run", "run"),
        .integer("epoch", "epoch"), .number("iou", "mean IoU", unit: "%"),
      ])
    for outcome in context.trials.all {
      let values = zip(outcome.history["epoch"] ?? [], outcome.history["test_mean_iou"] ?? [])
      for (epoch, value) in values {
        try epochs.append([
          context.trials.value("dynamics", of: outcome), .integer(Int(outcome.trial.seed)),
          .text(outcome.trial.name), .integer(Int(epoch)), .number(100 * value),
        ])
      }
    }
    let pictures = try self.pictures(context)
    let background = try backgroundShare(context)
    return ExperimentResult(
      tables: [accuracy, pixels, epochs, pictures],
      plots: [
        Plot(
          "segmentation", "Mean intersection over union by epoch",
          subtitle: ["a line for each seed"],
          layers: [
            .init(
              .line(), of: epochs.name, x: .column("epoch"), y: .column("iou", includesZero: true),
              color: .column("dynamics"), detail: "run")
          ]),
        Plot(
          "segmentation-images", "Test images: what is there, and what the networks say",
          subtitle: ["the first seed"],
          layers: [
            .init(
              .rectangle(), of: pictures.name, x: .column("x", .ordinal, isShown: false),
              y: .column("y", .ordinal, isShown: false),
              color: .column("value", colorScheme: "viridis"))
          ], facet: .init("panel", columns: 2 + Self.networks.count), width: 128, height: 128),
      ], claims: claims(context, background))
  }

  private func claims(_ context: ExperimentContext, _ background: Double) -> [Claim] {
    let found = context.trials.values("dynamics").map { dynamics in
      (
        dynamics.description,
        context.trials.at(["dynamics": dynamics]).compactMap(\.summary.finalTestMeanIoU).median
      )
    }
    let evidence =
      found.map { "\($0.0): \($0.1.percent)" }.joined(separator: ", ")
      + "; background everywhere: \((background / 3).percent)"
    return [
      context.claim(
        "The block code that classifies points segments images: mean IoU of 85 % with some of the dynamics",
        found.contains { $0.1 >= 0.85 }, evidence),
      context.claim(
        "It does so with every one of the dynamics", found.allSatisfy { $0.1 >= 0.85 }, evidence),
    ]
  }

  /// The share of background pixels: the pixel accuracy of background everywhere, whose mean IoU is a third of it.
  private func backgroundShare(_ context: ExperimentContext) throws -> Double {
    guard let outcome = context.trials.all.first else { return .nan }
    let data = try outcome.saved().diagnosticContext().requiredData()
    let targets = try data.batch(of: .test, examples: 200).targets.scalars(Int64.self)
    return Double(targets.count { $0 == 0 }) / Double(max(targets.count, 1))
  }

  /// Three test images, their classes, and those that each network gives; pixels of images between 0 and 2 too.
  private func pictures(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "segmentation-images", "Three test images", source: source,
      notes: ["Classes: 0 background, 1 disc, 2 rectangle. Grey values are scaled to 0 to 2."],
      columns: [
        .text("panel", "panel"), .integer("y", "row"), .integer("x", "column"),
        .number("value", "class"),
      ])
    let subjects = try context.trials.values("dynamics").compactMap { dynamics in
      try context.trials.at(["dynamics": dynamics]).first.map {
        (dynamics.description, try $0.saved())
      }
    }
    guard let first = subjects.first?.1 else { return table }
    let batch = try first.diagnosticContext().requiredData().batch(of: .test, examples: 3)
    let (count, size) = (batch.count, batch.inputs.shape[2])
    func add(_ panel: String, _ values: [Double]) throws {
      for (index, value) in values.enumerated() {
        try table.append([
          .text(panel), .integer(index / size), .integer(index % size), .number(value),
        ])
      }
    }
    for image in 0..<count {
      func pixels(_ values: Tensor) throws -> [Double] {
        try values.selected(image).cast(to: .float64).flattened().scalars(Double.self)
      }
      let grey = try pixels(batch.inputs)
      let (low, high) = (grey.min() ?? 0, grey.max() ?? 1)
      try add("image \(image + 1)", grey.map { 2 * ($0 - low) / max(high - low, 1e-9) })
      try add("classes \(image + 1)", pixels(batch.targets))
      for (name, saved) in subjects {
        let found = try withoutGradients { try saved.network(batch.inputs, .evaluation).argmax(1) }
        try add("\(name) \(image + 1)", pixels(found))
      }
    }
    return table
  }
}
