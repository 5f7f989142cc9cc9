import Foundation
import TestSupport
import TimeStepping
import TimestepData
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

extension DiagnosticContext {
  /// What a diagnostic of the catalog, with its arguments, says about it.
  func result(of name: String) throws -> DiagnosticResult {
    let diagnostic = try DiagnosticCatalog.diagnostic(named: name)
    return try diagnostic(self)
  }
}

/// What diagnostics are tried on: small networks with their data, a scheme, the epochs of runs.
enum Subjects {
  static let names = ["points", "post-activated", "multistep", "scheme", "epochs", "nothing"]

  /// Points in the plane and a network whose states are such points.
  static func points(
    h: Double = 0.3, scheme: String? = nil, depth: Int = 4, _ type: DataType = .float64
  ) throws -> DiagnosticContext {
    var options = NetworkOptions()
    options.h = h
    options.scheme = scheme
    let network = try NetworkCatalog.make("dense-\(depth)", options, seed: 3, dataType: type)
    let descriptor = try DatasetCatalog.dataset(named: "two-moons:count=60,noise=0.1")
    return DiagnosticContext(
      "dense", network: network, data: try data(descriptor, nil, type), seed: 5,
      budget: DiagnosticBudget(examples: 40, seconds: 60))
  }

  /// Generated images and a network for them.
  static func images(_ name: String, scheme: String? = nil, _ scratch: Scratch) throws
    -> DiagnosticContext
  {
    let directory = try SmallImages.writeIDX(to: "data", of: scratch, train: 40, test: 30)
    let descriptor = try DatasetCatalog.dataset(named: "fashion-mnist")
    var options = NetworkOptions()
    options.widths = name.hasPrefix("procresnet") ? [2, 2, 2] : [4, 4, 6]
    options.scheme = scheme
    let network = try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: [1, 28, 28], classes: 10), seed: 3,
      dataType: .float64)
    return DiagnosticContext(
      name, network: network, data: try data(descriptor, directory, .float64), seed: 5,
      budget: DiagnosticBudget(examples: 24, seconds: 60))
  }

  /// The epochs of three runs, two of them with the same label.
  static let histories = [
    TrainingHistory(
      "a", seed: 1,
      columns: ["epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"],
      rows: [[1, 2.0, 0.5, 2.1, 0.4], [2, 1.0, 0.8, 1.5, 0.5]]),
    TrainingHistory(
      "a", seed: 2,
      columns: ["epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"],
      rows: [[1, 2.0, 0.5, 2.1, 0.5], [2, 1.0, 0.8, 1.5, 0.7]]),
    TrainingHistory(
      "b", seed: 1,
      columns: ["epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"],
      rows: [[1, 2.0, 0.5, 2.1, 0.5]]),
  ]

  /// A subject by name.
  static func make(_ name: String, _ scratch: Scratch) throws -> DiagnosticContext {
    switch name {
    case "points": try points()
    case "post-activated": try images("resnet-8", scratch)
    case "multistep": try images("lm-resnet-14", scratch)
    case "scheme": DiagnosticContext("rk4", scheme: RungeKutta.rk4)
    case "epochs": DiagnosticContext("epochs", histories: histories)
    default: DiagnosticContext("nothing")
    }
  }

  private static func data(_ descriptor: DatasetDescriptor, _ directory: String?, _ type: DataType)
    throws -> DiagnosticData
  {
    func loader(_ split: DatasetSplit) throws -> BatchLoader {
      try BatchLoader(
        dataset: descriptor.load(split: split, directory: directory),
        options: BatchOptions(
          batchSize: 16, seed: 1, preparation: descriptor.preparation(for: .test)))
    }
    return DiagnosticData(
      task: descriptor.task, train: try loader(.train), test: try loader(.test), dataType: type)
  }
}
