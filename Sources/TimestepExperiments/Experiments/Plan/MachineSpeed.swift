import Foundation
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// How fast this machine trains, as three small networks show.
///
/// ```
/// seconds per step = a (layers) + b (multiply-adds of the batch)
/// ```
/// The first term is what a layer costs whatever its size, which decides for narrow networks on small images.
public struct MachineSpeed: Sendable {
  /// Seconds for each layer of a step of a network for images or texts.
  public let secondsPerLayer: Double
  /// Seconds for each layer of a step of a network for points.
  public let secondsPerDenseLayer: Double
  /// Seconds for each multiplication with an addition of the forward pass.
  public let secondsPerMultiplyAdd: Double

  /// Measures a few training steps on one thread: of ResNet-8 with widths 4, 8, 16 on 14 x 14 pixels and with widths 16,
  /// 32, 64 on 28 x 28, and of a dense network of 16 steps on points; about a second.
  public static func measured() throws -> MachineSpeed {
    try Torch.setThreads(1)
    let small = try step("resnet-8", widths: [4, 8, 16], inputs: [1, 14, 14], batch: 128)
    let large = try step("resnet-8", widths: [16, 32, 64], inputs: [1, 28, 28], batch: 128)
    let dense = try step("dense-16", widths: [8], inputs: [2], batch: 32)
    // Two equations for two unknowns; the layers are equally many.
    let perMultiplyAdd = max(
      (large.seconds - small.seconds) / (large.multiplyAdds - small.multiplyAdds), 1e-14)
    let rest = small.seconds - perMultiplyAdd * small.multiplyAdds
    return MachineSpeed(
      secondsPerLayer: max(rest, 0) / small.layers,
      secondsPerDenseLayer: dense.seconds / dense.layers, secondsPerMultiplyAdd: perMultiplyAdd)
  }

  private static func step(
    _ name: String, widths: [Int], inputs shape: [Int], batch: Int
  ) throws -> (
    seconds: Double, layers: Double, multiplyAdds: Double
  ) {
    var options = TimestepNetworks.NetworkOptions()
    options.widths = widths
    let network = try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: shape, classes: 10))
    let optimizer = try SGD(network.parameters.trainable, momentum: 0.9)
    let objective = ClassificationObjective(classes: 10)
    let inputs = try Tensor.full([batch] + shape, 0.5)
    let targets = try Tensor((0..<batch).map { Int64($0 % 10) })
    var times: [Double] = []
    for _ in 0..<6 {
      let start = ContinuousClock.now
      try optimizer.clearGradients()
      try objective.loss(network(inputs, .training), targets).backward()
      try optimizer.step(rate: 0.01)
      times.append((ContinuousClock.now - start) / Duration.seconds(1))
    }
    return (
      times.dropFirst().min() ?? 0, Double(network.table.rows.count),
      Double(network.table.multiplyAdds * batch)
    )
  }
}

extension ExperimentPlan {
  /// What the plan takes on this machine by a model of a training step, without data and start of processes.
  ///
  /// - Parameter workers: trials side by side.
  /// - Returns: seconds.
  public func estimatedSeconds(_ speed: MachineSpeed, workers: Int) throws -> Double {
    var seconds = 0.0
    for setting in settings {
      let configuration = try RunConfiguration(resolving: setting.options)
      let options = configuration.options
      let table = try configuration.makeNetwork().table
      let counts = configuration.dataset.counts
      let training = min(options.trainLimit ?? counts.train, counts.train)
      let testing = min(options.testLimit ?? counts.test, counts.test)
      // An evaluation costs a third of training with as many examples.
      let examples =
        Double(configuration.epochs) * (Double(training) + Double(testing) / 3)
      let steps = min(
        examples / Double(configuration.batchSize), Double(configuration.maxSteps ?? .max))
      let batch = Double(min(configuration.batchSize, training))
      seconds +=
        steps
        * ((configuration.dataset.elementKind == .points
          ? speed.secondsPerDenseLayer : speed.secondsPerLayer) * Double(table.rows.count)
          + speed.secondsPerMultiplyAdd * Double(table.multiplyAdds) * batch)
    }
    return seconds * Double(seeds.count) / Double(max(workers, 1))
  }
}
