import TimestepDiagnostics

/// What the experiments of Beyond Finite Layer Neural Networks share.
enum LM {
  static let source = "LM-ResNet (Lu, Zhong, Li, Dong, 2018)"

  /// A network and the same one with the linear multistep scheme.
  enum Family: String, CaseIterable {
    case resNet = "ResNet"
    case multistep = "LM-ResNet"

    /// The name in the catalog of networks.
    var name: String { self == .resNet ? "preresnet" : "lm-resnet" }
    /// Its place on the axis of networks.
    var value: TableValue { .text(rawValue) }
  }

  /// The axis of depths.
  static let depth = DiagnosticTable.Column.integer("depth", "depth")
  /// The axis of networks.
  static let network = DiagnosticTable.Column.text("network", "network")

  /// The source names no seeds.
  static func seeds(_ scale: ExperimentScale, reduced: Int) -> [UInt64] {
    let all: [UInt64] = [7, 8, 9, 10, 11]
    return Array(all.prefix(scale.choose(smoke: 1, reduced: reduced, full: 5)))
  }

  /// A pre-activation network with the paper's recipe for CIFAR-10, or a small one on Fashion-MNIST at 14 x 14; at the
  /// smallest scale with a depth of its own.
  static func images(
    _ scale: ExperimentScale, _ family: Family, depth: Int, smokeDepth: Int = 14,
    examples: Int = 8000, epochs: Int = 4
  ) -> RunOptions {
    switch scale {
    case .smoke: RunOptions.smallPreActivation(family.name, depth: smokeDepth).onSmoke(.fashion14)
    case .reduced:
      RunOptions.smallPreActivation(family.name, depth: depth)
        .small(.fashion14, examples: examples, epochs: epochs)
    case .full: RunOptions.cifar("\(family.name)-\(depth)")
    }
  }

  /// What small versions assume.
  static let smallAssumptions = [
    "Reduced: pre-activation networks with widths 8, 16, 32 on Fashion-MNIST averaged to 14 x 14, 2000 test images, "
      + "shifted by one pixel and mirrored, learning rate 0.1 divided by 10 at half and at three quarters of the epochs.",
    "Errors are those after the last epoch. Networks of a pair begin with equal weights and see the same batches.",
    "Weight decay 1e-4 leaves out the trained k; stages reset the history (the published code).",
  ]

  /// Shares wrong after the last epoch, in percent.
  static func error(_ outcome: TrialOutcome) -> Double { 100 * (1 - outcome.finalAccuracy) }

  /// The column of ``error(_:)``.
  static let errorColumn = DiagnosticTable.Column.number("error", "test error", unit: "%")

  /// A line of medians over the places of an axis, with a band of one standard deviation, for each network.
  static func plot(
    _ name: String, _ title: String, of table: DiagnosticTable, x: Plot.Channel,
    y: String = "error", color: String = "network", facet: String? = nil, subtitle: [String] = []
  ) -> Plot {
    let color = Plot.Channel.column(color, .nominal)
    return Plot(
      name, title, subtitle: subtitle + [table.seedsCaption("band")],
      layers: [
        .init(
          .area(), of: table.name, x: x, y: .column("low"), y2: .column("high"), color: color),
        .init(.line(points: true), of: table.name, x: x, y: .column(y), color: color),
      ], facet: facet.map { Plot.Facet($0, columns: 2) }, width: facet == nil ? 560 : 380)
  }

  /// A point for each setting, with a rule of one standard deviation.
  static func points(
    _ name: String, _ title: String, of table: DiagnosticTable, x: String, y: String = "error",
    color: String? = nil, subtitle: [String] = []
  ) -> Plot {
    let x = Plot.Channel.column(x, .nominal)
    return Plot(
      name, title, subtitle: subtitle + [table.seedsCaption("bars")],
      layers: [
        .init(.rule(), of: table.name, x: x, y: .column("low"), y2: .column("high")),
        .init(
          .point(size: 90), of: table.name, x: x, y: .column(y),
          color: color.map { .column($0, .nominal) }),
      ])
  }
}

extension RunOptions {
  /// The same network on a small part of a data set; the rate drops at half and at three quarters of the epochs, at
  /// whole ones.
  func small(_ data: SmallData, examples: Int, epochs: Int) -> RunOptions {
    var options = on(data, examples: examples)
    options.weightDecay = 1e-4
    return options.trained(
      epochs: epochs, rate: 0.1, dropAt: [Double(epochs / 2), Double(3 * epochs / 4)])
  }

  /// A network with a recipe of the paper's for CIFAR-10 (160 epochs), CIFAR-100 (300) or stochastic depth (500).
  static func cifar(
    _ network: String, dataset: String = "cifar-10", epochs: Int = 160,
    dropAt: [Double] = [80, 120],
    weightDecay: Double = 1e-4
  ) -> RunOptions {
    var options = RunOptions()
    options.network = network
    options.dataset = dataset
    options.batchSize = 128
    options.weightDecay = weightDecay
    return options.trained(epochs: epochs, rate: 0.1, dropAt: dropAt)
  }

  /// The recipe for CIFAR-100.
  static func cifar100(_ network: String, weightDecay: Double = 1e-4) -> RunOptions {
    cifar(
      network, dataset: "cifar-100", epochs: 300, dropAt: [150, 225], weightDecay: weightDecay)
  }

  /// The same with another scheme and noise.
  func with(scheme: String? = nil, noise: String? = nil) -> RunOptions {
    var options = self
    options.scheme = scheme ?? self.scheme
    options.noise = noise ?? self.noise
    return options
  }
}
