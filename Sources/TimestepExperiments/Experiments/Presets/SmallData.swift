/// Parts of real data sets that two cores go through in seconds.
///
/// Images are shifted by a pixel (two at 28 x 28) and mirrored; test parts have 2000 examples; a smaller last batch is
/// left out.
enum SmallData {
  /// Fashion-MNIST at 14 x 14.
  case fashion14
  /// Fashion-MNIST at 28 x 28.
  case fashion28
  /// CIFAR-10 at 16 x 16.
  case cifar16
  /// CIFAR-100 at 16 x 16.
  case cifar100At16
  /// AG-NEWS, 256 characters.
  case text256

  /// The choice of `--dataset`.
  var dataset: String {
    switch self {
    case .fashion14: "fashion-mnist:pooling=2"
    case .fashion28: "fashion-mnist"
    case .cifar16: "cifar-10:pooling=2"
    case .cifar100At16: "cifar-100:pooling=2"
    case .text256: "ag-news:length=256"
    }
  }
}

extension RunOptions {
  /// The same network on a part of a data set.
  ///
  /// - Parameter examples: training examples, as many of each class, the same in every trial.
  func on(_ data: SmallData, examples: Int) -> RunOptions {
    var options = self
    options.dataset = data.dataset
    options.trainLimit = examples
    options.testLimit = 2000
    options.dropLast = true
    switch data {
    case .text256: options.batchSize = 64
    case .fashion28: (options.batchSize, options.shift, options.augmentation) = (128, 2, true)
    case .fashion14, .cifar16, .cifar100At16:
      (options.batchSize, options.shift, options.augmentation) = (128, 1, true)
    }
    return options
  }

  /// The same network on as little as shows that it runs: at most 8 steps of 32 of 256 examples.
  func onSmoke(_ data: SmallData, steps: Int = 8) -> RunOptions {
    var options = on(data, examples: 256)
    if case .text256 = data {
      options.dataset = "ag-news:length=64"
      options.trainLimit = 64
    }
    options.testLimit = 128
    options.batchSize = 32
    options.epochs = 1
    options.maxSteps = steps
    return options
  }

  /// The same with a learning rate and a number of epochs; it drops at half and at three quarters of them.
  ///
  /// - Parameter dropAt: the epochs after which it drops instead; none for a fixed rate.
  func trained(epochs: Int, rate: Double, dropAt: [Double]? = nil) -> RunOptions {
    var options = self
    options.epochs = epochs
    options.learningRate = rate
    options.dropAt = dropAt
    return options
  }
}
