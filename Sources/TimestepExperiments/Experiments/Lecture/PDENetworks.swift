import TimestepDiagnostics

/// `lecture/pde-cnn`: accuracy of networks motivated by partial differential equations against the size of the
/// training set.
struct PDENetworks: Experiment {
  let id = "lecture/pde-cnn"
  let title = "parabolic, leapfrog, Hamiltonian networks and ResNet by size of the training set"
  let source = "Meganet.m, examples of Ruthotto and Haber (JMIV)"
  let assumptions = [
    "Full: CIFAR-10 with Meganet's widths 32, 64, 112, 3 steps with h = 1 in each of three stages, tv norm, SGD with "
      + "momentum 0.9, batches of 32, 180 epochs, learning rate 0.05; regularisation with 2e-4 each of the weights, of the "
      + "last map and (L1) of the weights' change in time; images shifted by two pixels and mirrored.",
    "Full departs from Meganet: the learning rate is divided by 10 after epochs 60 and 120, not by 1.5 every 10 epochs "
      + "from 40 on; weights are not clipped to [-1, 1]; training does not stop at a loss of 0.01; the fourth stage of the "
      + "same width is left out.",
    "Full: sizes are those of the STL-10 example, 500 to 4000, without augmentation as there, and all images. STL-10 is "
      + "not read here: its sizes are parts of CIFAR-10, with the network and the regularisation for CIFAR-10. ResNet-20 "
      + "has its own widths 16, 32, 64 and batch norm.",
    "Reduced: Fashion-MNIST averaged to 14 x 14, widths 8, 16, 32, 3 steps with h = 0.5 in each stage, "
      + "batch norm, 500 and 2000 images, 6 epochs, learning rate 0.1 divided by 10 at half and at three "
      + "quarters, batches of 32, 2 seeds.",
  ]
  private static let networks = [
    ("parabolic", "parabolic-9"), ("leapfrog", "leapfrog-9"), ("Hamiltonian", "hamiltonian-9"),
    ("ResNet", "resnet-20"),
  ]
  private static let size = DiagnosticTable.Column.integer("size", "training images")

  func plan(_ scale: ExperimentScale) -> ExperimentPlan {
    var plan = ExperimentPlan(
      axes: [Lecture.dynamics, Self.size],
      seeds: Array(0..<scale.choose(smoke: 1, reduced: 2, full: 5)))
    let sizes = scale.choose(
      smoke: [64], reduced: [500, 2000],
      full: [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 50_000])
    for (name, network) in Self.networks {
      for size in sizes { plan.add([.text(name), .integer(size)], options(scale, network, size)) }
    }
    return plan
  }

  private func options(_ scale: ExperimentScale, _ network: String, _ size: Int) -> RunOptions {
    var options = RunOptions()
    options.network = network
    switch scale {
    case .smoke:
      options.widths = [8, 16, 32]
      options = options.onSmoke(.fashion14, steps: 2)
      options.trainLimit = size
    case .reduced:
      options.widths = [8, 16, 32]
      options = options.on(.fashion14, examples: size).trained(epochs: 6, rate: 0.1)
      options.batchSize = 32
    case .full:
      options.dataset = "cifar-10"
      options.trainLimit = size
      options.batchSize = 32
      options.shift = 2
      options.augmentation = size == 50_000
      options.regularization = [
        "time-l1:alpha=0.0002", "tikhonov:alpha=0.0002,of=body", "tikhonov:alpha=0.0002,of=head",
      ]
      if network != "resnet-20" {
        options.widths = [32, 64, 112]
        options.h = 1
        options.normalization = .totalVariation
      }
      options = options.trained(epochs: 180, rate: 0.05, dropAt: [60, 120])
    }
    return options
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let table = try context.trials.overSeeds(
      "pde-cnn", "Test accuracy against the size of the training set", source: source,
      column: .number("accuracy", "final test accuracy", unit: "%")
    ) { 100 * $0.finalAccuracy }
    let dynamics = context.trials.values("dynamics")
    let sizes = context.trials.values("size").compactMap(\.number)
    let parameters = dynamics.map { network in
      "\(network): \(context.trials.at(["dynamics": network]).first?.summary.parameters ?? 0)"
    }
    func accuracies(_ network: TableValue, _ size: Double?) -> [Double] {
      context.trials.at(["dynamics": network, "size": .number(size)]).map(\.finalAccuracy)
    }
    func text(_ size: Double?) -> String {
      dynamics.map { "\($0): \(accuracies($0, size).median.percent)" }.joined(separator: ", ")
    }
    let resnet = TableValue.text("ResNet")
    return ExperimentResult(
      tables: [table],
      plots: [
        Plot(
          "pde-cnn", "Test accuracy against the size of the training set",
          subtitle: [
            "parameters: " + parameters.joined(separator: ", "), table.seedsCaption("band"),
          ],
          layers: [
            .init(
              .area(), of: table.name, x: .column("size", scale: .log), y: .column("low"),
              y2: .column("high"), color: .column("dynamics")),
            .init(
              .line(points: true), of: table.name, x: .column("size", scale: .log),
              y: .column("accuracy"), color: .column("dynamics")),
          ])
      ],
      claims: [
        context.claim(
          "Every network is better with more training images",
          sizes.count < 2
            ? nil
            : dynamics.map {
              Comparison(accuracies($0, sizes.max()), accuracies($0, sizes.min())).isGreater()
            }.all,
          "\(text(sizes.min())) with \(Int(sizes.min() ?? 0)); \(text(sizes.max())) with "
            + "\(Int(sizes.max() ?? 0))"),
        context.claim(
          "Networks motivated by PDEs are about as good as the ResNet with few images",
          dynamics.filter { $0 != resnet }.map {
            Comparison(accuracies($0, sizes.min()), accuracies(resnet, sizes.min()))
              .isGreater(by: -0.02)
          }.any, text(sizes.min())),
      ])
  }
}
