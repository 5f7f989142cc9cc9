import ArgumentParser
import Foundation
import Timestep

/// `timestep-bench step`: examples per second over whole steps, as one line of JSON.
struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Examples per second of training steps: loader, forward, loss, backward, optimiser.")

  @Option(help: "Name of the network.") var network = "resnet-20"
  @Option(help: "Step size.") var h: Double?
  @Option(help: "Measured steps.") var steps = 20
  @Option(help: "Steps before.") var warmup = 5
  @Option(help: "Examples in a batch.") var batchSize = 128
  @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "fp32 or bf16.") var precision = "fp32"
  @Flag(help: "Forward passes of evaluation only.") var evaluate = false
  @Flag(help: "Print JSON; there is no other form.") var json = false

  func validate() throws {
    guard steps > 0, warmup >= 0, batchSize > 0, threads > 0 else {
      throw ValidationError("numbers must be positive")
    }
    guard ["fp32", "bf16"].contains(precision) else {
      throw ValidationError("the precision is fp32 or bf16")
    }
  }

  func run() throws {
    let (family, _) = try NetworkCatalog.parse(network)
    let isText = family.defaultTask.inputKind == .texts
    try Torch.keepFreedMemory()
    try Torch.setThreads(threads)
    var options = NetworkOptions()
    options.h = h
    let classes = isText ? 4 : 10
    let model = try NetworkCatalog.make(
      network, options,
      task: isText ? nil : NetworkTask(inputShape: [3, 32, 32], classes: classes), seed: 7,
      stateType: precision == "bf16" ? .bfloat16 : nil)
    let seconds = try evaluate ? evaluation(of: model, isText) : training(of: model, isText)
    let measured = seconds.dropFirst(warmup).sorted()
    let median = measured[measured.count / 2]
    let report: [String: Any] = [
      "engine": "timestep", "network": network,
      "parameters": model.parameters.trainableCount, "batch_size": batchSize,
      "threads": threads, "steps": steps, "warmup": warmup, "precision": precision,
      "evaluate": evaluate, "kernels": FusedKernels.current.rawValue,
      "images_per_second": Double(batchSize) / median, "step_seconds": median,
      "peak_memory_bytes": ProcessMemory.peakBytes(), "torch": Torch.version,
    ]
    let data = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
    print(String(decoding: data, as: UTF8.self))
  }

  /// The seconds of each step of the trainer.
  private func training(of model: ResidualNetwork, _ isText: Bool) throws -> [Double] {
    let training = try loader(count: 8 * batchSize, isText, forTraining: true)
    let testing = try loader(count: 10, isText, forTraining: false)
    let trainer = Trainer(
      model: model, parameters: model.parameters,
      optimizer: try SGD(model.parameters.trainable, momentum: 0.9),
      schedule: StepSchedule(initial: 0.1), epochs: (warmup + steps) / 8 + 1,
      maxSteps: warmup + steps, constraints: model.constraints)
    let clock = StepClock()
    trainer.observers = [clock]
    _ = try trainer.train(on: training, testing: testing)
    return clock.seconds
  }

  /// The seconds between the batches of one evaluation.
  private func evaluation(of model: ResidualNetwork, _ isText: Bool) throws -> [Double] {
    let loader = try loader(count: (warmup + steps + 1) * batchSize, isText, forTraining: false)
    var (seconds, last) = ([Double](), ContinuousClock.now)
    _ = try Evaluation.of(
      model, for: ClassificationObjective(classes: 10), on: loader.batches(epoch: 0)
    ) { _ in
      let now = ContinuousClock.now
      seconds.append((now - last).seconds)
      last = now
    }
    return Array(seconds.dropFirst())
  }

  private func loader(count: Int, _ isText: Bool, forTraining: Bool) throws -> BatchLoader {
    try BatchLoader(
      dataset: isText ? texts(count) : images(count),
      options: BatchOptions(
        batchSize: batchSize, shuffle: forTraining, seed: 7,
        preparation: Preparation(augmentation: forTraining && !isText ? .cifar : .none)))
  }

  private func images(_ count: Int) throws -> ImageDataset {
    var random = RandomStream(seed: 7, stream: 0)
    return try ImageDataset(
      name: "random", split: .train, height: 32, width: 32, channels: 3,
      classNames: (0..<10).map(String.init),
      labels: (0..<count).map { _ in Int32(random.integer(below: 10)) },
      pixels: (0..<count * 3 * 32 * 32).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }

  private func texts(_ count: Int) throws -> TextDataset {
    var random = RandomStream(seed: 7, stream: 0)
    return try TextDataset(
      name: "random", split: .train, length: 1024, classNames: (0..<4).map(String.init),
      labels: (0..<count).map { _ in Int32(random.integer(below: 4)) },
      characters: (0..<count * 1024).map { _ in UInt8(1 + random.integer(below: 69)) },
      ends: (1...count).map { $0 * 1024 })
  }
}

/// The seconds of each step, from the moment the one before it ended.
private final class StepClock: TrainingObserver {
  private(set) var seconds: [Double] = []
  private var last: ContinuousClock.Instant?

  func receive(_ event: TrainingEvent) {
    let now = ContinuousClock.now
    if case .step = event, let last { seconds.append((now - last).seconds) }
    last = now
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
