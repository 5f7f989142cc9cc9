import ArgumentParser
import Foundation
import Timestep

/// `timestep-bench memory`: the peak of resident memory over one training step, as one line of JSON.
///
/// Each call is a process of its own: the peak of a process never falls.
struct Memory: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Peak resident memory of a training step by an adjoint.")

  @Argument(help: "Name of the network.") var network: String
  @Option(help: "Scheme.") var scheme: String?
  @Option(name: .customLong("h"), help: "Step size.") var h = 0.1
  @Option(help: "Adjoint.") var adjoint = "stored"
  @Option(help: "Examples in a batch.") var batchSize = 32
  @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

  func run() throws {
    try Torch.setThreads(threads)
    try adjoint == "stored" ? Torch.keepFreedMemory() : Torch.returnFreedMemory()
    var options = NetworkOptions()
    options.scheme = scheme
    options.adjoint = adjoint
    options.h = h
    let model = try NetworkCatalog.make(network, options, seed: 7)
    let optimizer = try SGD(model.parameters.trainable, momentum: 0.9)
    let generator = try Generator(seed: 7)
    let images = try Tensor.empty([batchSize, 3, 32, 32])
    try generator.fillNormal(images)
    let labels = try Tensor((0..<batchSize).map { Int64($0 % 10) })
    let before = ProcessMemory.peakBytes()
    let clock = ContinuousClock.now
    for _ in 0..<2 {
      try optimizer.clearGradients()
      try model(images, .training).crossEntropy(labels).backward()
      try optimizer.step(rate: 1e-3)
    }
    let seconds = (ContinuousClock.now - clock).components
    let report: [String: Any] = [
      "network": network, "scheme": scheme ?? "", "adjoint": adjoint, "batch_size": batchSize,
      "parameters": model.parameters.trainableCount,
      "parameter_bytes": 4 * model.parameters.trainableCount, "start_bytes": before,
      "peak_bytes": ProcessMemory.peakBytes(),
      "seconds_per_step": (Double(seconds.seconds) + Double(seconds.attoseconds) / 1e18) / 2,
    ]
    let data = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
    print(String(decoding: data, as: UTF8.self))
  }
}
