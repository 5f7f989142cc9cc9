import Foundation
import TimestepData
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// A finished run read back from its directory.
public struct SavedRun {
  /// Where it is.
  public let directory: RunDirectory
  /// What it was made with.
  public let configuration: RunConfiguration
  /// The network with its saved parameters.
  public let network: ResidualNetwork

  /// Reads a run; `overriding` replaces choices that do not change the network, such as the data's directory.
  public init(_ directory: RunDirectory, overriding: RunOptions = RunOptions()) throws {
    let saved = try directory.readConfiguration()
    self.directory = directory
    configuration = try RunConfiguration(resolving: overriding.over(saved.options))
    try TrainingRun.prepareEngine(configuration)
    let file = try directory.parametersFile()
    let parameters = try Safetensors(contentsOf: file)
    network = try configuration.makeNetwork()
    try network.parameters.load(parameters, from: file.path)
  }

  /// Evaluates the network on one part of its data set, in the data set's order.
  ///
  /// - Parameter logits: when given, is filled with the logits `[N, classes]` as float32.
  public func evaluate(_ split: DatasetSplit, shouldStop: () -> Bool = { false }) throws -> (
    result: Evaluation, logits: [Float], classes: Int
  )? {
    let loader = try configuration.makeLoader(split, forTraining: false)
    var logits: [Float] = []
    let batches = loader.batches(epoch: 0)
    defer { batches.cancel() }
    let result = try Evaluation.of(
      network, on: batches, dataType: configuration.dataType, device: configuration.device,
      collect: { logits += try $0.scalars(Float.self) }, shouldStop: shouldStop)
    return result.map { ($0, logits, configuration.task.classes) }
  }
}
