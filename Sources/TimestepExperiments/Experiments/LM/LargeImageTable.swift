import TimestepData
import TimestepDiagnostics

/// `lm/table3`: top-1 and top-5 errors of bottleneck networks, on ImageNet where it is there.
struct LargeImageTable: Experiment {
  let id = "lm/table3"
  let title = "top-1 and top-5 errors of bottleneck networks"
  let source = "\(LM.source), table 3"
  let assumptions = [
    "Full: ImageNet as the data set image-folder; without it there is no result. The source states neither epochs nor "
      + "learning rates: 90 epochs, 0.1 divided by 10 after 30 and 60. Three seeds, the fewest that the comparison takes; "
      + "the source names none.",
    "Full: windows of 8 to 100 % of the area and aspect 3/4 to 4/3; the source also draws the short side from 256 to 480.",
    "ResNet-152 is quoted by the source and not trained here.",
    "Reduced: bottlenecks of depth 29 (three in a stage, widths 4, 8, 16 inside) on CIFAR-10 averaged to 16 x 16, 10,000 "
      + "images, 6 epochs. Ten classes leave a top-5 error that is near 0.",
  ]

  /// The source's rows: depth, top-1 and top-5 errors.
  private static let published: [(title: String, network: String, top1: Double, top5: Double)] = [
    ("ResNet-50", "imagenet-resnet-50", 24.7, 7.8),
    ("ResNet-101", "imagenet-resnet-101", 23.6, 7.1),
    ("ResNet-152", "imagenet-resnet-152", 23.0, 6.7),
    ("LM-ResNet-50", "imagenet-lm-resnet-50", 23.8, 7.0),
    ("LM-ResNet-101", "imagenet-lm-resnet-101", 22.6, 6.4),
  ]

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [LM.depth, LM.network], seeds: Array(LM.seeds(scale, reduced: 2).prefix(3)))
    for family in LM.Family.allCases {
      switch scale {
      case .smoke, .reduced:
        var options = RunOptions.smallBottleneck("\(family.name)-29")
        options.field = "bottleneck"
        plan.add(
          [29, family.value],
          scale == .smoke
            ? options.onSmoke(.cifar16, steps: 4)
            : options.small(.cifar16, examples: 10_000, epochs: 6))
      case .full:
        guard (try? DatasetSearch().directory(of: DatasetCatalog.imageFolder)) != nil else { break }
        for depth in [50, 101] {
          let name = family == .resNet ? "imagenet-resnet" : "imagenet-lm-resnet"
          var options = RunOptions.cifar(
            "\(name)-\(depth)", dataset: "image-folder", epochs: 90, dropAt: [30, 60])
          options.batchSize = 256
          options.imageSize = 224
          options.crop = .scaleAndAspect
          plan.add([.integer(depth), family.value], options, isOptional: depth == 101)
        }
      }
    }
    return plan
  }

  /// Says where ImageNet was looked for.
  private static var missingData: DataError {
    let name = DatasetCatalog.imageFolder.name
    return DataError(
      .notFound,
      problem: "ImageNet was not found as the data set \(name); looked in "
        + DatasetSearch().candidates(for: name).joined(separator: ", "),
      remedy:
        "put its folders train and val into one of these, or name in TIMESTEP_DATA the directory that holds "
        + name)
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let trials = context.trials
    // Only a full plan without data has no trainings.
    guard !trials.all.isEmpty else { throw Self.missingData }
    var table = DiagnosticTable(
      "top-errors", "Top-1 and top-5 errors", source: source,
      columns: [
        LM.depth, LM.network, .integer("seed", "seed"), .integer("parameters", "parameters"),
        .number("top1", "top-1 error", unit: "%"), .number("top5", "top-5 error", unit: "%"),
      ])
    for outcome in trials.all {
      let errors = try TopErrors(of: outcome.saved())
      try table.append([
        trials.value("depth", of: outcome), trials.value("network", of: outcome),
        .integer(Int(outcome.trial.seed)), .integer(outcome.summary.parameters),
        .number(100 * errors.top1), .number(100 * errors.top5),
      ])
    }
    let depth = trials.values("depth").first ?? .missing
    let pairs = PairedDifference(
      trials.at(["depth": depth, "network": LM.Family.resNet.value]),
      trials.at(["depth": depth, "network": LM.Family.multistep.value]))
    func ours(_ network: String, _ column: Int) -> [Double] {
      zip(trials.all, table.rows).filter { $0.0.trial.configuration.networkName == network }
        .compactMap { $0.1[column].number }
    }
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          "top-errors", "Top-1 and top-5 errors",
          layers: [
            .init(
              .point(size: 90), of: table.name, x: .column("top1"), y: .column("top5"),
              color: .column("network"), shape: .column("depth", .nominal))
          ])
      ],
      claims: [
        context.claim(
          "LM-ResNet of bottlenecks has a lower top-1 error than ResNet of the same size",
          pairs.isPositive, pairs.evidence)
      ],
      published: Self.published.flatMap {
        [
          PublishedNumber(
            "top-1 error of \($0.title), ImageNet", unit: "%", published: $0.top1,
            ours: ours($0.network, 4)),
          PublishedNumber(
            "top-5 error of \($0.title), ImageNet", unit: "%", published: $0.top5,
            ours: ours($0.network, 5)),
        ]
      })
  }
}
