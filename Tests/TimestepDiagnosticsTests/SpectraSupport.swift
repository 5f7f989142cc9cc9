import TestSupport
import TimestepData
import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Tensors for tests of spectra.
enum Drawn {
  /// Normal numbers in float64.
  static func normal(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let tensor = try Tensor.empty(shape, .float64)
    try Generator(seed: seed).fillNormal(tensor)
    return tensor
  }
}

/// Networks with data, small enough for whole matrices.
enum SmallRun {
  /// A network on two moons, in float64.
  static func points(
    _ name: String, seed: UInt64 = 5, _ change: (inout NetworkOptions) -> Void = { _ in }
  ) throws -> DiagnosticContext {
    let set = DatasetCatalog.twoMoons
    var options = NetworkOptions()
    change(&options)
    let network = try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: [2], classes: 2), seed: seed, dataType: .float64)
    func loader(_ split: DatasetSplit) throws -> BatchLoader {
      try BatchLoader(
        dataset: set.load(split: split, directory: nil),
        options: BatchOptions(batchSize: 64, shuffle: false))
    }
    let data = DiagnosticData(
      task: set.task, train: try loader(.train), test: try loader(.test), dataType: .float64)
    return DiagnosticContext("\(name) on two moons", network: network, data: data)
  }

  /// A network on the pictures of ``SmallImages``, in float64.
  static func images(
    _ name: String, widths: [Int], in scratch: Scratch, seed: UInt64 = 5,
    _ change: (inout NetworkOptions) -> Void = { _ in }
  ) throws -> DiagnosticContext {
    let folder = try SmallImages.writeIDX(to: "data", of: scratch, train: 32, test: 16)
    let set = DatasetCatalog.fashionMNIST
    var options = NetworkOptions()
    options.widths = widths
    change(&options)
    let network = try NetworkCatalog.make(
      name, options, task: NetworkTask(inputShape: [1, 28, 28], classes: 10), seed: seed,
      dataType: .float64)
    func loader(_ split: DatasetSplit) throws -> BatchLoader {
      try BatchLoader(
        dataset: set.load(split: split, directory: folder),
        options: BatchOptions(
          batchSize: 16, shuffle: false,
          preparation: Preparation(normalization: set.preparation.normalization)))
    }
    let data = DiagnosticData(
      task: set.task, train: try loader(.train), test: try loader(.test), dataType: .float64)
    return DiagnosticContext("\(name) on small pictures", network: network, data: data)
  }
}

extension DiagnosticTable {
  /// How many rows say no in a column of yes and no, and how many say anything.
  func refusals(_ column: String) -> (no: Int, all: Int) {
    let flags = self[column].filter { $0 != .missing }
    return (flags.filter { $0 == .flag(false) }.count, flags.count)
  }
}

extension DiagnosticResult {
  /// The table of a name.
  func table(_ name: String) -> DiagnosticTable? { tables.first { $0.name == name } }
}
