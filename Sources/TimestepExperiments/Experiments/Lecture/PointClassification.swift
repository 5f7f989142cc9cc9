import TimestepDiagnostics

/// `lecture/classification`: classes of points in the plane by dynamics and data set.
struct PointClassification: Experiment {
  let id = "lecture/classification"
  let title = "accuracy and decision regions by dynamics, on ellipses, swiss roll and peaks"
  let source = "\(Lecture.source), learning task \"classification\"; Meganet.m examples"
  let assumptions = [
    "Neither slides nor course give a training that can be repeated exactly; data as in Meganet.m. An opening layer to 8 "
      + "(peaks: 16) numbers, 8 (swiss roll: 16) steps of h = 0.5, tanh, Adam with learning rate 0.01, divided by 10 at half "
      + "and at three quarters of the epochs: 30 with batches of 64 (ellipses), 200 with 16, divided at 150 (swiss roll), "
      + "40 with 128 (peaks).",
    "Full: for peaks T = 5 and Meganet's regularisation, 1e-3 each of the weights' time derivative (L2) and of the last "
      + "map; five seeds in place of three.",
    "Meganet's ellipses (two numbers, T = 20, N = 8) are in lecture/path-planning, its swiss roll (four numbers, T = 20, "
      + "Newton's method with variable projection) in lecture/multilevel. Here both have an opening layer to 8 numbers and "
      + "T = 4 and 8: with T = 20 and four numbers Adam hardly learns the swiss roll.",
  ]

  /// A data set with the network and the training for it.
  private struct Setting {
    let name: String
    let dataset: String
    let steps: Int
    let width: Int
    let batch: Int
    let epochs: Int
    let dropAt: [Double]?
  }

  private static let settings = [
    Setting(
      name: "ellipses", dataset: "ellipses", steps: 8, width: 8, batch: 64, epochs: 30, dropAt: nil),
    Setting(
      name: "peaks", dataset: "peaks", steps: 8, width: 16, batch: 128, epochs: 40, dropAt: nil),
    Setting(
      name: "swiss roll", dataset: "swiss-roll", steps: 16, width: 8, batch: 16, epochs: 200,
      dropAt: [150]),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [.text("data", "data set"), Lecture.dynamics],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 3, full: 5)), fewestEpochs: 30)
    for setting in scale == .smoke ? Array(Self.settings.prefix(1)) : Self.settings {
      for dynamics in LectureDynamics.allCases {
        let isMeganet = scale == .full && setting.name == "peaks"
        var network = dynamics.points(
          steps: setting.steps, time: isMeganet ? 5 : 0.5 * Double(setting.steps),
          width: setting.width)
        if isMeganet {
          network.regularization = ["time-l2:alpha=0.001", "tikhonov:alpha=0.001,of=head"]
        }
        let options = network.byAdam(
          on: setting.dataset, batch: setting.batch, epochs: setting.epochs, dropAt: setting.dropAt)
        plan.add(
          [.text(setting.name), dynamics.value],
          scale == .smoke ? options.stopped(after: 20) : options,
          isOptional: setting.name == "swiss roll" && dynamics != .hamiltonian)
      }
    }
    return plan
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "classification", "Test accuracy after the last epoch", source: source,
      column: .number("accuracy", "final test accuracy", unit: "%")
    ) { 100 * $0.finalAccuracy }
    var tables = [table]
    var plots = [
      Plot(
        "classification", "Test accuracy by dynamics",
        subtitle: ["median over seeds, lowest to highest"],
        layers: [
          .init(
            .rule(), of: table.name, x: .column("dynamics"), y: .column("lowest"),
            y2: .column("highest")),
          .init(
            .point(), of: table.name, x: .column("dynamics"), y: .column("accuracy"),
            color: .column("dynamics", isShown: false)),
        ], facet: .init("data", columns: 3), width: 220)
    ]
    let map = PlaneMap(
      cells: context.scale.choose(smoke: 40, otherwise: 80),
      points: context.scale.choose(smoke: 200, otherwise: 300))
    var claims: [Claim] = []
    for data in context.trials.values("data") {
      guard let name = data.text else { continue }
      var regions = DiagnosticTable(
        "regions-\(name.replacing(" ", with: "-"))", "Decision regions on \(name)", source: source,
        notes: ["The first seed."], columns: PlaneMap.columns)
      var best: [(name: String, accuracy: Double)] = []
      for dynamics in LectureDynamics.allCases {
        let outcomes = context.trials.at(["data": data, "dynamics": dynamics.value])
        guard let first = outcomes.first else { continue }
        best.append((dynamics.rawValue, outcomes.map(\.finalAccuracy).median))
        try map.append(first, panel: dynamics.rawValue, to: &regions)
      }
      tables.append(regions)
      let classes = context.trials.at(["data": data]).first?.trial.configuration.dataset.task.names
      plots.append(
        PlaneMap.plot(
          of: regions, title: "Decision regions on \(name)", classes: classes ?? [], columns: 2))
      claims.append(
        context.claim(
          "On \(name) the network classifies at least 95 % of the test points with some of the dynamics",
          best.contains { $0.accuracy >= 0.95 },
          best.map { "\($0.name): \($0.accuracy.percent)" }.joined(separator: ", ")))
    }
    return ExperimentResult(tables: tables, plots: plots, claims: claims)
  }
}
