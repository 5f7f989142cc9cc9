import Foundation
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

  /// Points in the plane and a network in float64, with h = 0.3 unless its options are changed; the states of `dense`
  /// networks are such points.
  static func points(
    _ name: String = "dense-4", seed: UInt64 = 3,
    _ change: (inout NetworkOptions) -> Void = { $0.h = 0.3 }
  ) throws -> DiagnosticContext {
    let moons = TwoMoons(count: 60, noise: 0.1)
    return try context(name, seed, change) { try moons.makeDataset(split: $0) }
  }

  /// Points in the plane and a network of equal linear blocks `u + h A u`.
  static func linear(h: Double, depth: Int) throws -> DiagnosticContext {
    var options = NetworkOptions()
    options.h = h
    options.activation = .identity
    var context = try points()
    context.network = try NetworkCatalog.make(
      "dense-\(depth)", options, seed: 9, dataType: .float64)
    return context
  }

  /// Pictures and a network for them.
  static func images(
    _ name: String, widths: [Int], _ change: (inout NetworkOptions) -> Void = { _ in }
  ) throws -> DiagnosticContext {
    let changed = { (options: inout NetworkOptions) in
      options.widths = widths
      change(&options)
    }
    return try context(name, 3, changed) { SmallPictures(split: $0) }
  }

  private static func context(
    _ name: String, _ seed: UInt64, _ change: (inout NetworkOptions) -> Void,
    _ dataset: (DatasetSplit) throws -> any Dataset
  ) throws -> DiagnosticContext {
    func loader(_ split: DatasetSplit) throws -> BatchLoader {
      try BatchLoader(dataset: dataset(split), options: BatchOptions(batchSize: 16, seed: 1))
    }
    let data = DiagnosticData(
      task: try dataset(.train).task, train: try loader(.train), test: try loader(.test),
      dataType: .float64)
    var options = NetworkOptions()
    change(&options)
    let network = try NetworkCatalog.make(
      name, options,
      task: NetworkTask(
        inputShape: dataset(.train).elementShape, classes: data.task.names.count),
      seed: seed, dataType: .float64)
    return DiagnosticContext(
      name, network: network, data: data, seed: 5,
      budget: DiagnosticBudget(examples: 40, seconds: 60))
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
  static func make(_ name: String) throws -> DiagnosticContext {
    switch name {
    case "points": try points()
    case "post-activated": try images("resnet-8", widths: [4, 4, 6])
    case "multistep": try images("lm-resnet-14", widths: [2, 3, 4])
    case "scheme": DiagnosticContext("rk4", scheme: RungeKutta.rk4)
    case "epochs": DiagnosticContext("epochs", histories: histories)
    default: DiagnosticContext("nothing")
    }
  }
}
