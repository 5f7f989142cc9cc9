import TimestepDiagnostics

/// What the experiments of Towards Robust ResNet share.
enum Robust {
  static let source = "Towards Robust ResNet (Zhang et al., 2019)"

  /// The seeds of the reference code.
  static func seeds(_ scale: ExperimentScale, reduced: Int) -> [UInt64] {
    let all: [UInt64] = [7, 8, 9, 10, 11]
    return Array(all.prefix(scale.choose(smoke: 1, reduced: reduced, full: 5)))
  }

  /// The axis of step sizes.
  static let h = DiagnosticTable.Column.number("h", "step size h")
  /// The axis of depths.
  static let depth = DiagnosticTable.Column.integer("depth", "depth")
  /// The axis of data sets.
  static let part = DiagnosticTable.Column.text("part", "data set")
  /// The axis of start learning rates.
  static let rate = DiagnosticTable.Column.number("rate", "start learning rate")
  /// The quantity of most figures.
  static let accuracy = DiagnosticTable.Column.number("accuracy", "best test accuracy", unit: "%")
  /// The colours of the two step sizes as in the source: 0.1 is blue, 1 is red.
  static let color = Plot.Channel.column(
    "h", .nominal, domain: [0.1, 1], colors: ["#4c78a8", "#e45756"])
  private static let layerNorms = ["layer-norms:every=1"]

  /// A network for images: ResNet on CIFAR-10 with the paper's recipe, or a small one on Fashion-MNIST at 14 x 14.
  ///
  /// Every training follows the norms of its layers, so that experiments with equal settings share it.
  static func images(
    _ scale: ExperimentScale, depth: Int, h: Double, epochs: Int = 4, rate: Double = 0.1,
    examples: Int = 5000
  ) -> RunOptions {
    var small = RunOptions.smallResNet(depth: depth, h: h)
    small.diagnose = layerNorms
    switch scale {
    case .smoke:
      small.learningRate = rate
      return small.onSmoke(.fashion14)
    case .reduced:
      return small.on(.fashion14, examples: examples).trained(epochs: epochs, rate: rate)
    case .full:
      var options = RunOptions()
      options.network = "resnet-\(depth)"
      options.h = h
      options.diagnose = layerNorms
      options.dataset = "cifar-10"
      options.batchSize = 128
      return options.trained(epochs: 80, rate: rate, dropAt: [40, 60])
    }
  }

  /// A network for text: VDCNN on AG-NEWS with the paper's recipe, or a small one on 256 characters.
  static func texts(
    _ scale: ExperimentScale, depth: Int, h: Double, rate: Double = 0.1, examples: Int = 10_000
  ) -> RunOptions {
    var small = RunOptions.smallTextNetwork(depth: depth, h: h)
    switch scale {
    case .smoke:
      small.learningRate = rate
      return small.onSmoke(.text256)
    case .reduced:
      return small.on(.text256, examples: examples).trained(epochs: 5, rate: rate, dropAt: [2, 3])
    case .full:
      var options = RunOptions()
      options.network = "vdcnn-\(depth)"
      options.h = h
      options.dataset = "ag-news"
      options.batchSize = 64
      return options.trained(epochs: 15, rate: rate, dropAt: [])
    }
  }

  /// What small versions assume.
  static let smallAssumptions = [
    "Reduced: networks with widths 4, 8, 16 on Fashion-MNIST averaged to 14 x 14, 5000 training and 2000 test images, "
      + "shifted by one pixel and mirrored, 4 epochs, learning rate divided by 10 after the second and the third; texts: "
      + "widths 8, 16, 32, 64 on 10,000 headlines of 256 characters, 5 epochs.",
    "Accuracy is the best test accuracy over epochs, as the reference code's plots have it; a training has failed where "
      + "its loss became no number or that accuracy is below 1.5 times that of a guess.",
  ]

  /// A plot of a quantity over seeds: a line of medians, with a band or with bars of one standard deviation.
  static func plot(
    _ name: String, _ title: String, of table: DiagnosticTable, x: Plot.Channel,
    y: Plot.Channel = .column("accuracy"), color: Plot.Channel = Robust.color, bars: Bool = false,
    facet: String? = nil, subtitle: [String] = []
  ) -> Plot {
    Plot(
      name, title, subtitle: subtitle + [table.seedsCaption(bars ? "bars" : "band")],
      layers: [
        .init(
          bars ? .rule() : .area(), of: table.name, x: x, y: .column("low"), y2: .column("high"),
          color: color),
        .init(.line(points: true), of: table.name, x: x, y: y, color: color),
      ],
      // Images and texts have axes of their own.
      facet: facet.map {
        Plot.Facet($0, columns: 2, independentX: $0 == part.name, independentY: true)
      },
      width: facet == nil ? 560 : 380)
  }
}
