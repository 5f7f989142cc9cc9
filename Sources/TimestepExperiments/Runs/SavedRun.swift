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
  /// The training steps after which the parameters were saved.
  public let steps: Int

  /// Reads a run; `overriding` replaces choices that do not change the network, such as the data's directory.
  ///
  /// - Parameter datasets: the data sets that it may name: the library's, or `DatasetCatalog.all + [mine]`.
  public init(
    _ directory: RunDirectory, overriding: RunOptions = RunOptions(),
    datasets: [DatasetDescriptor] = DatasetCatalog.all
  ) throws {
    let saved = try directory.readConfiguration(datasets: datasets)
    self.directory = directory
    configuration = try RunConfiguration(
      resolving: overriding.over(saved.options), datasets: datasets)
    try TrainingRun.prepareEngine(configuration)
    let file = try directory.parametersFile()
    let parameters = try SafetensorsFile(file)
    steps = parameters.metadata["step"].flatMap(Int.init) ?? 0
    network = try configuration.makeNetwork()
    try NamedWeights(
      network.parameters, of: configuration.description(of: network), as: TimestepNames()
    ).load(parameters)
  }

  /// Evaluates the network on one part of its data set, in the data set's order.
  ///
  /// - Returns: what was measured, and the outputs as float32 with their shape: `[N, classes]`, `[N, outputs]` or
  ///   `[N, classes, H, W]`.
  public func evaluate(_ split: DatasetSplit, shouldStop: () -> Bool = { false }) throws -> (
    result: Evaluation, outputs: [Float], shape: [Int]
  )? {
    let loader = try configuration.makeLoader(split, forTraining: false)
    var (outputs, shape) = ([Float](), [Int]())
    let batches = loader.batches(epoch: 0)
    defer { batches.cancel() }
    let result = try Evaluation.of(
      network, for: configuration.dataset.task.objective, on: batches,
      dataType: configuration.precision.parameters, device: configuration.device,
      collect: {
        outputs += try $0.scalars(Float.self)
        shape = [(shape.first ?? 0) + $0.shape[0]] + $0.shape.dropFirst()
      }, shouldStop: shouldStop)
    return result.map { ($0, outputs, shape) }
  }
}
