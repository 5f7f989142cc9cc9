import TimestepDiagnostics
import TimestepNetworks

/// What the experiments of Norm-Preservation share.
enum Procrustes {
  static let source = "Norm-Preservation (Zaeemzadeh et al., 2020)"

  /// The networks that are compared.
  enum Architecture: String, CaseIterable {
    case plain = "Plain"
    case resNet = "ResNet"
    case procResNet = "ProcResNet"

    /// The family's name.
    var family: String {
      switch self {
      case .plain: "plain-resnet"
      case .resNet: "bottleneck-resnet"
      case .procResNet: "procresnet"
      }
    }

    /// Layers with weights of the network with n steps in each of its three stages.
    func depth(steps n: Int) -> Int { 9 * n + (self == .procResNet ? 4 : 2) }

    /// The network's name in the catalog.
    func network(steps n: Int) -> String { "\(family)-\(depth(steps: n))" }

    /// The network with its depth, for people.
    func title(steps n: Int) -> String { "\(rawValue)-\(depth(steps: n))" }

    /// The place on the axis of networks.
    var value: TableValue { .text(rawValue) }
  }

  /// The axis of networks.
  static let network = DiagnosticTable.Column.text("network", "network")
  /// The axis of depths.
  static let steps = DiagnosticTable.Column.integer("n", "blocks in each stage n")
  /// The networks in the order of legends.
  static let networks: [JSONValue] = Architecture.allCases.map { .text($0.rawValue) }
  /// The networks with skips.
  static let residual: [Architecture] = [.resNet, .procResNet]

  /// A training of the comparison of gradients, curves and gaps: 100 epochs at a fixed learning rate on CIFAR-10, or 6
  /// epochs of a small network on Fashion-MNIST. The gradient's norm after each block is measured in every step.
  static func followed(_ scale: ExperimentScale, _ architecture: Architecture, steps n: Int)
    -> RunOptions
  {
    var options: RunOptions
    let small = RunOptions.smallBottleneck(architecture.network(steps: n))
    switch scale {
    case .smoke: options = small.onSmoke(.fashion14, steps: 4)
    case .reduced:
      options = small.on(.fashion14, examples: 5000).trained(epochs: 6, rate: 0.1, dropAt: [])
    case .full:
      options = wide(architecture, steps: n).trained(epochs: 100, rate: 0.1, dropAt: [])
    }
    options.weightDecay = 1e-4
    options.diagnose = ["gradient-ratios"]
    return options
  }

  /// A training for the test error: 300 epochs of the paper's network, or a few of a small one on CIFAR-10 at 16 x 16.
  static func classifying(
    _ scale: ExperimentScale, _ architecture: Architecture, steps n: Int, examples: Int = 6000,
    epochs: Int = 6, dataset: String = "cifar-10"
  ) -> RunOptions {
    var options: RunOptions
    let small = RunOptions.smallBottleneck(architecture.network(steps: n))
    switch scale {
    case .smoke: options = small.onSmoke(.cifar16, steps: 2)
    case .reduced:
      options = small.on(.cifar16, examples: examples).trained(epochs: epochs, rate: 0.1)
    case .full:
      options = wide(architecture, steps: n).trained(epochs: 300, rate: 0.1, dropAt: [150, 225])
      options.dataset = dataset
    }
    options.weightDecay = 1e-4
    return options
  }

  /// The paper's network and data.
  private static func wide(_ architecture: Architecture, steps n: Int) -> RunOptions {
    var options = RunOptions()
    options.network = architecture.network(steps: n)
    options.dataset = "cifar-10"
    options.batchSize = 128
    options.dataNormalization = .measured
    options.padding = .zero
    options.shift = 4
    return options
  }

  /// The learned numbers of the paper's network for so many classes.
  static func parameters(_ architecture: Architecture, steps n: Int, classes: Int) throws -> Int {
    try NetworkCatalog.make(
      architecture.network(steps: n), task: NetworkTask(classes: classes)
    ).parameters.trainableCount
  }

  /// How the paper's code normalises images.
  static let normalization =
    "Full: pixels are normalised by each channel's mean and deviation over the training images, as in the Chainer code; on "
    + "CIFAR-10 the constants of the PyTorch code differ from these by less than 1 %."

  /// What all trainings assume.
  static let assumptions = [
    normalization,
    "Weight decay 1e-4, momentum 0.9, batches of 128, learning rate 0.1: of these the text has lost the numbers, the "
      + "published code gives them.",
    "Projections follow every second step, the kernels are also projected once at the beginning; Newton-Schulz with 15 "
      + "iterations and the right sign of the spectrum, where the published code conjugates it.",
  ]

  /// What the small versions of ``followed(_:_:steps:)`` assume.
  static let followedAssumptions =
    assumptions + [
      "Full: 100 epochs without a drop of the learning rate, 10 seeds (both uncertain in the text).",
      "Reduced: bottlenecks of widths 4, 8, 16 inside and 16, 32, 64 outside on Fashion-MNIST averaged to 14 x 14, 5000 "
        + "training and 2000 test images, shifted by one pixel and mirrored, 6 epochs at a fixed learning rate; depths "
        + "20, 56, 83, 164 (22, 58, 85, 166 for ProcResNet).",
    ]

  /// What the small versions of ``classifying(_:_:steps:examples:epochs:dataset:)`` assume.
  static let classifyingAssumptions =
    assumptions + [
      "Reduced: bottlenecks of widths 4, 8, 16 inside and 16, 32, 64 outside on CIFAR-10 averaged to 16 x 16, a part of "
        + "the training images, 2000 test images, learning rate divided by 10 after half and three quarters of the "
        + "epochs.",
      "The error is the lowest test error of all epochs, as the published code keeps it.",
    ]
}

extension TrialOutcome {
  /// The lowest test error of all epochs, in percent.
  var lowestTestError: Double { 100 * (1 - bestAccuracy) }
}

extension TrialOutcomes {
  /// Those of a network at a depth.
  func of(_ architecture: Procrustes.Architecture, _ n: Int) -> [TrialOutcome] {
    at(["network": architecture.value, "n": .integer(n)])
  }

  /// The depths of the plan, n in each stage.
  var depths: [Int] { values("n").compactMap { $0.number.map { Int($0) } }.sorted() }
}
