import ArgumentParser
import Foundation
import Timestep

/// `timestep-bench projection`: what the norm-preserving projection costs beside the step it follows.
struct ProjectionCost: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projection",
    abstract: "Time of the projections of a network beside a training step.")

  @Argument(help: "Name of the network.") var network = "procresnet-166"
  @Option(help: "Rounds; each measures a step and a projection of all kernels.") var rounds = 7
  @Option(help: "Examples in a batch.") var batchSize = 128
  @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

  func run() throws {
    try Torch.keepFreedMemory()
    try Torch.setThreads(threads)
    let model = try NetworkCatalog.make(network, NetworkOptions(), seed: 7)
    let optimizer = try SGD(model.parameters.trainable, momentum: 0.9)
    let images = try Tensor.empty([batchSize, 3, 32, 32])
    try Generator(seed: 7).fillNormal(images)
    let inputs = try images.contiguous(.channelsLast)
    let labels = try Tensor((0..<batchSize).map { Int64($0 % 10) })
    var (steps, projections) = ([Double](), [Double]())
    for round in 0...rounds {
      var clock = ContinuousClock.now
      try optimizer.clearGradients()
      try model(inputs, .training).crossEntropy(labels).backward()
      try optimizer.step(rate: 1e-3)
      let step = Self.seconds(since: clock)
      clock = ContinuousClock.now
      // Step 0 is due under every schedule.
      try withoutGradients { for it in model.constraints { try it.apply(afterStep: 0) } }
      let projection = Self.seconds(since: clock)
      if round > 0 { (steps, projections) = (steps + [step], projections + [projection]) }
    }
    let ratios = zip(projections, steps).map { $0 / $1 }.sorted()
    let (step, projection) = (steps.sorted()[rounds / 2], projections.sorted()[rounds / 2])
    print(
      String(
        format:
          "%@: step %.3f s, projection of all kernels %.4f s, median ratio %.2f %%, after every second step %.2f %%",
        network, step, projection, 100 * ratios[rounds / 2], 50 * ratios[rounds / 2]))
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let duration = (ContinuousClock.now - start).components
    return Double(duration.seconds) + Double(duration.attoseconds) / 1e18
  }
}
