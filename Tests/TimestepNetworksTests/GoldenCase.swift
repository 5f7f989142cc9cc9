import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// One golden file, and the same network made by this package with the same weights.
struct GoldenCase {
  static let names = ["resnet-20", "resnet-20-h-1", "resnet-20-no-batch-norm"]

  let name: String
  let file: GoldenFile
  let format: MemoryFormat
  let images: Tensor
  let labels: Tensor

  init(_ name: String, _ format: MemoryFormat = .contiguous) throws {
    self.name = name
    self.format = format
    file = try GoldenFile(name)
    let shape = (file.metadata["input_shape"] ?? "").split(separator: ",").compactMap { Int($0) }
    images = try GoldenValues.images(shape).contiguous(format)
    labels = try GoldenValues.labels(shape[0], classes: Int(file.number("classes")))
  }

  /// The network with the weights and buffers that are computed from their names.
  func network(_ type: DataType = .float64) throws -> ResidualNetwork {
    var options = NetworkOptions()
    options.h = try file.number("h")
    options.batchNorm = file.metadata["batch_norm"] == "true"
    let network = try NetworkCatalog.make("resnet-20", options, seed: 99, dataType: type)
    let parameters = network.parameters.all
    let shapes = Dictionary(
      uniqueKeysWithValues: parameters.map { ($0.path, $0.value.shape) })
    for parameter in parameters {
      try parameter.assign(GoldenValues.parameter(parameter.path, shapes: shapes))
    }
    return network
  }

  /// Expects a tensor for each stored one under a prefix, and each within the tolerance.
  func expect(
    _ kind: String, under prefix: String, _ tensors: [(path: String, tensor: Tensor)],
    besides others: Set<String> = []
  ) throws {
    #expect(file.names(under: prefix).subtracting(others) == Set(tensors.map(\.path)))
    try compare(kind, tensors.map { (prefix + $0.path, $0.tensor) })
  }

  /// Expects one tensor within the tolerance.
  func expect(_ key: String, _ tensor: Tensor) throws { try compare(key, [(key, tensor)]) }

  private func compare(_ kind: String, _ tensors: [(key: String, tensor: Tensor)]) throws {
    var worst = (error: 0.0, key: "none")
    for (key, tensor) in tensors {
      let error = try file.relativeError(key, of: tensor)
      if error >= worst.error { worst = (error, key) }
    }
    print("golden \(name), \(format): \(kind): at most \(worst.error) (\(worst.key))")
    #expect(worst.error <= 1e-9, "\(kind): \(worst.key)")
  }
}

extension MemoryFormat {
  /// Both orders of an image's axes in memory.
  static let both: [MemoryFormat] = [.contiguous, .channelsLast]
}
