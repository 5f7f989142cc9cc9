/// Table 2 of the source: test errors and sizes on CIFAR, its own and those that it quotes.
struct PublishedError {
  /// The row's network.
  let title: String
  /// `cifar-10` or `cifar-100`.
  let dataset: String
  /// The name in the catalog of networks; nil where there is no such network here.
  let network: String?
  /// The test error in percent.
  let error: Double
  /// Millions of parameters.
  let millions: Double

  private init(
    _ title: String, _ dataset: String, _ network: String?, _ error: Double, _ millions: Double
  ) {
    self.title = title
    self.dataset = dataset
    self.network = network
    self.error = error
    self.millions = millions
  }

  /// The rows. Those of ResNet 20 to 56 are post-activation networks of another paper; the pre-activation network of the
  /// same depth stands beside them.
  static let table2 = [
    PublishedError("ResNet-20", "cifar-10", "preresnet-20", 8.75, 0.27),
    PublishedError("ResNet-32", "cifar-10", "preresnet-32", 7.51, 0.46),
    PublishedError("ResNet-44", "cifar-10", "preresnet-44", 7.17, 0.66),
    PublishedError("ResNet-56", "cifar-10", "preresnet-56", 6.97, 0.85),
    PublishedError("ResNet-110, pre-activation", "cifar-10", "preresnet-110", 6.37, 1.7),
    PublishedError("LM-ResNet-20", "cifar-10", "lm-resnet-20", 8.33, 0.27),
    PublishedError("LM-ResNet-32", "cifar-10", "lm-resnet-32", 7.18, 0.46),
    PublishedError("LM-ResNet-44", "cifar-10", "lm-resnet-44", 6.66, 0.66),
    PublishedError("LM-ResNet-56", "cifar-10", "lm-resnet-56", 6.31, 0.85),
    PublishedError("ResNet-110, pre-activation", "cifar-100", "preresnet-110", 27.76, 1.7),
    PublishedError("ResNet-164, pre-activation", "cifar-100", "preresnet-164", 24.33, 2.55),
    PublishedError("ResNet-1001, pre-activation", "cifar-100", "preresnet-1001", 22.71, 18.88),
    PublishedError("FractalNet-20", "cifar-100", "fractalnet-20", 23.30, 38.6),
    PublishedError("FractalNet-40", "cifar-100", "fractalnet-40", 22.49, 22.9),
    PublishedError("DenseNet-100", "cifar-100", nil, 19.25, 27.2),
    PublishedError("DenseNet-BC-190", "cifar-100", nil, 17.18, 25.6),
    PublishedError("ResNeXt-29, 8x64d", "cifar-100", "resnext-29-8x64d", 17.77, 34.4),
    PublishedError("ResNeXt-29, 16x64d", "cifar-100", nil, 17.31, 68.1),
    PublishedError(
      "ResNeXt-29, 16x64d, pre-activation", "cifar-100", "resnext-29-16x64d", 17.65, 68.1),
    PublishedError("LM-ResNet-110", "cifar-100", "lm-resnet-110", 25.87, 1.7),
    PublishedError("LM-ResNet-164", "cifar-100", "lm-resnet-164", 22.90, 2.55),
    PublishedError("LM-ResNeXt-29, 8x64d", "cifar-100", "lm-resnext-29-8x64d", 17.49, 35.1),
    PublishedError("LM-ResNeXt-29, 16x64d", "cifar-100", "lm-resnext-29-16x64d", 16.79, 68.8),
  ]

  /// The row as a published number, beside the errors of full trainings of the same network.
  func number(_ outcomes: [TrialOutcome]) -> PublishedNumber {
    PublishedNumber(
      "test error of \(title), \(dataset == "cifar-10" ? "CIFAR-10" : "CIFAR-100")", unit: "%",
      published: error,
      ours: outcomes.filter {
        $0.trial.configuration.networkName == network
          && $0.trial.configuration.dataset.name == dataset
      }.map(LM.error))
  }
}
