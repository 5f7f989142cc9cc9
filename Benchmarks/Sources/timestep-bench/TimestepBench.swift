import ArgumentParser
import Foundation
import Timestep

/// Measures Timestep's own training: the real trainer, loader and augmentation on random images.
@main
struct TimestepBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timestep-bench", abstract: "Measures training steps and their memory.",
    subcommands: [Step.self, Memory.self, Images.self, ProjectionCost.self])
}

/// `timestep-bench step`: images per second over whole steps, as one line of JSON.
struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Images per second of training steps: loader, forward, loss, backward, optimiser.")

  @Option(help: "Name of the network.") var network = "resnet-20"
  @Option(help: "Measured steps.") var steps = 20
  @Option(help: "Steps before.") var warmup = 5
  @Option(help: "Examples in a batch.") var batchSize = 128
  @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Channels of the images.") var channels = 3
  @Option(help: "Height and width of the images.") var size = 32
  @Flag(help: "Print JSON; there is no other form.") var json = false

  func validate() throws {
    guard steps > 0, warmup >= 0, batchSize > 0, threads > 0, channels > 0, size > 0 else {
      throw ValidationError("numbers must be positive")
    }
  }

  func run() throws {
    try Torch.keepFreedMemory()
    try Torch.setThreads(threads)
    var options = NetworkOptions()
    options.h = 0.1
    let model = try NetworkCatalog.make(
      network, options, task: NetworkTask(inputShape: [channels, size, size], classes: 10), seed: 7)
    let training = try BatchLoader(
      dataset: try images(count: 8 * batchSize, split: .train),
      options: BatchOptions(
        batchSize: batchSize, seed: 7, preparation: Preparation(augmentation: .cifar)))
    let testing = try BatchLoader(dataset: try images(count: 10, split: .test))
    let trainer = Trainer(
      model: model, parameters: model.parameters,
      optimizer: try SGD(model.parameters.trainable, momentum: 0.9),
      schedule: StepSchedule(initial: 0.1), epochs: (warmup + steps) / 8 + 1,
      maxSteps: warmup + steps)
    let clock = StepClock()
    trainer.observers = [clock]
    _ = try trainer.train(on: training, testing: testing)
    let measured = clock.seconds.dropFirst(warmup).sorted()
    let median = measured[measured.count / 2]
    let report: [String: Any] = [
      "engine": "timestep", "network": network,
      "parameters": model.parameters.trainableCount, "batch_size": batchSize,
      "threads": threads, "steps": steps, "warmup": warmup, "precision": "fp32",
      "images_per_second": Double(batchSize) / median, "step_seconds": median,
      "peak_memory_bytes": ProcessMemory.peakBytes(), "torch": Torch.version,
    ]
    let data = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
    print(String(decoding: data, as: UTF8.self))
  }

  private func images(count: Int, split: DatasetSplit) throws -> ImageDataset {
    var random = RandomStream(seed: 7, stream: 0)
    return try ImageDataset(
      name: "random", split: split, height: size, width: size, channels: channels,
      classNames: (0..<10).map(String.init),
      labels: (0..<count).map { _ in Int32(random.integer(below: 10)) },
      pixels: (0..<count * channels * size * size).map { _ in
        UInt8(truncatingIfNeeded: random.next())
      })
  }
}

/// The seconds of each step, from the moment the one before it ended.
private final class StepClock: TrainingObserver {
  private(set) var seconds: [Double] = []
  private var last: ContinuousClock.Instant?

  func receive(_ event: TrainingEvent) {
    let now = ContinuousClock.now
    if case .step = event, let last {
      let duration = (now - last).components
      seconds.append(Double(duration.seconds) + Double(duration.attoseconds) / 1e18)
    }
    switch event {
    case .began, .step, .epoch: last = now
    case .ended: break
    }
  }
}
